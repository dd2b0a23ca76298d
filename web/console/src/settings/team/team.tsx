import { type Agent, api, type Role } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { useStore } from "../../core/store";
import { wordError } from "../../core/wording";
import { Avatar, Chip } from "../../kit/bits";
import { Button } from "../../kit/button";
import { Select } from "../../kit/field";
import { toast } from "../../kit/toast";
import { agents, getMe, loadAgents, may } from "../../session/state";
import { Card, PageHead } from "../parts";
import { InviteForm } from "./invite-form";
import { WorkspaceName } from "./workspace-name";

export const roles: readonly Role[] = ["admin", "agent", "analyst", "marketer", "privacy_officer"];

export function Team() {
  const team = useStore(agents, (now) => now);
  const canManage = may("manage");
  return (
    <>
      <PageHead title={t("settings.team")} lead={t("team.lead")} />
      {canManage && <WorkspaceName />}
      <Card title={t("team.members")} lead={t("team.membersLead", { n: countReaders(team) })}>
        <ul class="team">
          {team.map((agent) => (
            <Member key={agent.id} agent={agent} canManage={canManage} />
          ))}
        </ul>
      </Card>
      {canManage && <InviteForm />}
    </>
  );
}

/** How many people can read what visitors write: the number the public policy page shows too. */
function countReaders(team: readonly Agent[]): number {
  const readers: Role[] = ["owner", "admin", "agent", "privacy_officer"];
  return team.filter((one) => one.state === "active" && readers.includes(one.role)).length;
}

function Member({ agent, canManage }: { agent: Agent; canManage: boolean }) {
  const action = useAction();
  const isMe = agent.id === getMe()?.id;
  const canChange = canManage && !isMe && agent.role !== "owner";
  const change = (work: () => Promise<unknown>, done: string) =>
    void action.run(async () => {
      try {
        await work();
        await loadAgents();
        toast(done);
      } catch (error) {
        toast(wordError(error), "danger");
      }
    });
  return (
    <li class="member">
      <Avatar name={agent.name || agent.email} online={agent.online} />
      <div class="member-who">
        <strong>
          <bdi>{agent.name || agent.email}</bdi>
          {isMe && <span class="muted"> · {t("team.you")}</span>}
        </strong>
        {agent.name && <bdi class="muted">{agent.email}</bdi>}
      </div>
      {agent.state !== "active" && (
        <Chip kind={agent.state === "disabled" ? "danger" : "warn"}>
          {t(`team.state.${agent.state}`)}
        </Chip>
      )}
      {canChange ? (
        <RoleSelect
          agent={agent}
          busy={action.busy}
          onChange={(role) =>
            change(() => api.agents.update(agent.id, { role }), t("team.changed"))
          }
        />
      ) : (
        <span class="member-role">{t(`role.${agent.role}`)}</span>
      )}
      {canChange && <MemberActions agent={agent} busy={action.busy} change={change} />}
    </li>
  );
}

interface RoleSelectProps {
  agent: Agent;
  busy: boolean;
  onChange: (role: Role) => void;
}

function RoleSelect({ agent, busy, onChange }: RoleSelectProps) {
  return (
    <Select
      label={t("team.roleOf", { name: agent.name || agent.email })}
      hideLabel
      value={agent.role}
      disabled={busy}
      options={roles.map((value) => ({ value, text: t(`role.${value}`) }))}
      onChange={onChange}
    />
  );
}

interface MemberActionsProps {
  agent: Agent;
  busy: boolean;
  change: (work: () => Promise<unknown>, done: string) => void;
}

function MemberActions({ agent, busy, change }: MemberActionsProps) {
  const [asking, setAsking] = useState(false);
  const { id, state } = agent;
  if (state === "invited") {
    return (
      <span class="member-actions">
        <Button
          disabled={busy}
          onClick={() => change(() => api.agents.resend(id), t("team.resent"))}
        >
          {t("team.resend")}
        </Button>
        <Button
          disabled={busy}
          onClick={() => change(() => api.agents.withdraw(id), t("team.withdrawn"))}
        >
          {t("team.withdraw")}
        </Button>
      </span>
    );
  }
  const next = state === "disabled" ? "active" : "disabled";
  const done = next === "disabled" ? t("team.disabledNow") : t("team.enabledNow");
  if (next === "disabled" && !asking) {
    return (
      <span class="member-actions">
        <Button disabled={busy} onClick={() => setAsking(true)}>
          {t("team.disable")}
        </Button>
      </span>
    );
  }
  return (
    <span class="member-actions">
      <Button
        kind={next === "disabled" ? "danger" : "plain"}
        disabled={busy}
        onClick={() => change(() => api.agents.update(id, { state: next }), done)}
      >
        {next === "disabled" ? t("team.disableSure") : t("team.enable")}
      </Button>
      {asking && next === "disabled" && (
        <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
      )}
    </span>
  );
}
