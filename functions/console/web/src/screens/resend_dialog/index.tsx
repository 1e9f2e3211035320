import { useMemo } from "preact/hooks";
import { t } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { ProblemBanner } from "../../parts/problem";
import { draft as keptDraft, openDraft } from "../../state/draft_store";
import { may } from "../../state/operator";
import { useBasics } from "./basics";
import { useCreation } from "./creation";
import { MadeBefore } from "./made_before";
import type { ResendDialogProps } from "./source";
import { Workspace } from "./workspace";

/** The resend dialog. It is the confirmation: its one button says what it does. */
export function ResendDialog({ source, onClose, onCreated }: ResendDialogProps) {
  useMemo(() => openDraft(source), []);
  const basics = useBasics();
  const creation = useCreation(onCreated);
  const loaded = basics.value.value;

  const made = creation.madeBefore.value;
  if (made) return <MadeBefore resend={made} onClose={() => onCreated(made)} />;
  if (may.resend.value && loaded) {
    // The draft has ended when its resend is made, a moment before the dialog closes.
    if (!keptDraft.value) return null;
    return <Workspace source={source} basics={loaded} creation={creation} onClose={onClose} />;
  }
  return (
    <Dialog title={t("dialog.title")} class="resend-dialog" onClose={onClose}>
      {!may.resend.value && <p>{t("dialog.not_allowed")}</p>}
      {may.resend.value && basics.loading.value && <p role="status">{t("common.loading")}</p>}
      <ProblemBanner error={basics.error.value} onRetry={() => void basics.reload()} />
    </Dialog>
  );
}
