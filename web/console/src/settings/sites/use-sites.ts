// The sites of the workspace, and which of them the settings are about.
import { api, type Site } from "@chatham/client";
import { useLoad } from "../../core/load";
import { createStore, useStore } from "../../core/store";

const chosenId = createStore("");

export interface Sites {
  sites: readonly Site[] | undefined;
  site: Site | undefined;
  error: unknown;
  reload: () => void;
  choose: (id: string) => void;
}

export function useSites(): Sites {
  const loaded = useLoad("sites", () => api.sites.list());
  const id = useStore(chosenId, (now) => now);
  const sites = loaded.value?.sites;
  return {
    sites,
    site: sites?.find((one) => one.id === id) ?? sites?.[0],
    error: loaded.error,
    reload: loaded.reload,
    choose: (next) => chosenId.set(next),
  };
}
