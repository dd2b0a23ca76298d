import { t } from "../core/i18n";
import { useStore } from "../core/store";
import { Avatar } from "../kit/bits";
import { IconButton } from "../kit/button";
import { Link } from "../kit/link";
import { setMyAvailability } from "../session/availability";
import { sessionState, signOut } from "../session/state";

/** Who is signed in, and whether visitors find them here. */
export function Me() {
  const me = useStore(sessionState, (now) => (now.status === "in" ? now.session.agent : undefined));
  if (!me) return null;
  const isOnline = me.availability === "online";
  return (
    <div class="me">
      <Link to="settings/account" class="me-link">
        <Avatar name={me.name} online={isOnline} small />
        <span class="unseen">{t("rail.account")} </span>
        <bdi class="rail-text">{me.name}</bdi>
      </Link>
      <button
        type="button"
        class="me-availability"
        role="switch"
        aria-checked={isOnline}
        title={t("rail.availabilityHint")}
        onClick={() => void setMyAvailability(isOnline ? "away" : "online")}
      >
        <span class="unseen">{t("account.availability")}: </span>
        {t(`availability.${me.availability}`)}
      </button>
      <IconButton icon="door" label={t("command.signOut")} onClick={() => void signOut()} />
    </div>
  );
}
