// The worker that makes the console installable. The page allows one trusted script address, this one.

const ADDRESS = "/console/service-worker.js";

interface ScriptPolicy {
  createScriptURL: (address: string) => string;
}

interface PolicyFactory {
  createPolicy: (name: string, rules: ScriptPolicy) => ScriptPolicy;
}

export function startWorker(): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  try {
    navigator.serviceWorker.register(trustedAddress(), { scope: "/console/" }).catch(ignore);
  } catch {
    ignore();
  }
}

function trustedAddress(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  const policy = trustedTypes?.createPolicy("console-worker", { createScriptURL: () => ADDRESS });
  return policy ? policy.createScriptURL(ADDRESS) : ADDRESS;
}

function ignore(): void {
  // Without it the console works the same, only not as an installed app.
}
