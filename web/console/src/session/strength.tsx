import { t } from "../core/i18n";

const PASSWORD_LENGTH_MIN = 8;
export const PASSWORD_LENGTH_MAX = 128;

export type Strength = "short" | "weak" | "fair" | "good";

/** A hint while typing; the server measures again, and its word counts. */
export function measure(password: string): Strength {
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH_MIN) return "short";
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) =>
    kind.test(password),
  ).length;
  const distinct = new Set(password.toLowerCase()).size;
  if (distinct < 6) return "weak";
  if (length >= 18 || (length >= 14 && kinds >= 3)) return "good";
  return kinds >= 2 || distinct >= 9 ? "fair" : "weak";
}

const steps: Record<Strength, number> = { short: 0, weak: 1, fair: 2, good: 3 };

export function StrengthHint({ password }: { password: string }) {
  if (password === "") return null;
  const strength = measure(password);
  return (
    <div class={`strength strength-${strength}`}>
      <span class="strength-bars" aria-hidden="true">
        {[1, 2, 3].map((bar) => (
          <span key={bar} class={bar <= steps[strength] ? "strength-on" : undefined} />
        ))}
      </span>
      <span role="status">{t(`password.${strength}`)}</span>
    </div>
  );
}
