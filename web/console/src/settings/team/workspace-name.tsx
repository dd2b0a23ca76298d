import { api } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { Field } from "../../kit/field";
import { loadSession, sessionState } from "../../session/state";
import { Card, SaveForm } from "../parts";

export function WorkspaceName() {
  const state = sessionState.get();
  const [name, setName] = useState(state.status === "in" ? state.session.workspace.name : "");
  const action = useAction();
  const save = async () => {
    await api.settings.renameWorkspace(name);
    await loadSession();
  };
  return (
    <Card title={t("team.workspace")}>
      <SaveForm action={action} save={save}>
        <Field
          label={t("team.workspaceName")}
          hint={t("team.workspaceHint")}
          required
          maxLength={120}
          value={name}
          onInput={setName}
        />
      </SaveForm>
    </Card>
  );
}
