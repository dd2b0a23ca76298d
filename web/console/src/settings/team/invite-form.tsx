import { api, type Role } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { fieldError } from "../../core/wording";
import { Field, Select } from "../../kit/field";
import { loadAgents } from "../../session/state";
import { Card, SaveForm } from "../parts";
import { roles } from "./team";

export function InviteForm() {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const action = useAction();
  const save = async () => {
    await api.agents.invite({ email, role, ...(name.trim() ? { name } : {}) });
    setEmail("");
    setName("");
    await loadAgents();
  };
  return (
    <Card title={t("team.invite")} lead={t("team.inviteLead")}>
      <SaveForm
        action={action}
        save={save}
        label={t("team.inviteSend")}
        done={t("team.inviteSent")}
      >
        <div class="field-pair">
          <Field
            label={t("login.email")}
            type="email"
            required
            value={email}
            error={fieldError(action.error, "email")}
            onInput={setEmail}
          />
          <Field
            label={t("team.name")}
            value={name}
            maxLength={120}
            error={fieldError(action.error, "name")}
            onInput={setName}
          />
        </div>
        <Select
          label={t("team.role")}
          value={role}
          options={roles.map((value) => ({ value, text: t(`role.${value}`) }))}
          hint={t(`team.roleHint.${role}`)}
          onChange={setRole}
        />
      </SaveForm>
    </Card>
  );
}
