import { t } from "../core/i18n";
import { useAction } from "../core/load";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";

interface MoreProps {
  cursor: string | null | undefined;
  read: (cursor: string) => Promise<void>;
}

/** The button that reads the next page of a list, while there is one. */
export function More({ cursor, read }: MoreProps) {
  const action = useAction();
  if (!cursor) return null;
  return (
    <div class="desk-more">
      <Trouble error={action.error} />
      <Button busy={action.busy} onClick={() => void action.run(() => read(cursor))}>
        {t("common.more")}
      </Button>
    </div>
  );
}
