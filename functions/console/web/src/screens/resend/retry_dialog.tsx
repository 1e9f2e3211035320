import { previewRetry, retryResend } from "../../api/calls";
import type { Preview, Resend } from "../../api/types";
import { formatDuration } from "../../i18n/format";
import { name, t, tn } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { ProblemBanner } from "../../parts/problem";
import { navigate, to } from "../../routes";
import { useAction } from "../../state/action";
import { persisted } from "../../state/persisted";
import { useResource } from "../../state/resource";
import { retryChoices } from "./figures";
import { ReasonList } from "./reason_list";

interface Draft {
  resend: string;
  states: string[];
}

/** The chosen states, and the key of each choice that was sent: a repeated press makes no second retry. */
const draft = persisted<Draft | undefined>("resend.retry", undefined);
const keys = persisted<Record<string, string>>("resend.retry_keys", {});

/** The states that are chosen at first: the rest of a cancelled resend, and mails that certainly did not arrive. */
const USUAL = ["failed", "bounced", "cancelled"];

function keyOf(resend: string, states: string[]): string {
  const choice = `${resend} ${[...states].sort().join(",")}`;
  const known = keys.value[choice];
  if (known) return known;
  const made = crypto.randomUUID();
  keys.value = { ...keys.value, [choice]: made };
  return made;
}

/** Sends again to recipients who got no mail. A dry run says first how many, and why not all. */
export function RetryDialog({ resend, onClose }: { resend: Resend; onClose: () => void }) {
  const choices = retryChoices(resend);
  const usual = choices.map(choice => choice.state).filter(state => USUAL.includes(state));
  const states = draft.value?.resend === resend.id ? draft.value.states : usual;
  const action = useAction();

  const choose = (state: string, on: boolean) => {
    const others = states.filter(one => one !== state);
    draft.value = { resend: resend.id, states: on ? [...others, state] : others };
  };
  const check = useResource<Preview | undefined>(
    `retry ${resend.id} ${states.join(",")}`,
    async signal => (states.length ? previewRetry(resend.id, states, signal) : undefined),
  );
  const preview = states.length ? check.value.value : undefined;
  const isCurrent = !check.loading.value && !check.error.value;
  const count = isCurrent ? (preview?.counts.eligible ?? 0) : 0;

  const retry = () =>
    action.run(async () => {
      const made = await retryResend(resend.id, states, keyOf(resend.id, states));
      draft.value = undefined;
      keys.value = {};
      navigate(to.resend(made.id));
    });
  const label = () => {
    if (count > 0) return tn("resend.retry_go", count);
    if (states.length === 0) return t("resend.retry_choose");
    return t(isCurrent ? "resend.retry_none" : "resend.checking");
  };
  return (
    <Dialog
      title={t("resend.retry_title")}
      onClose={onClose}
      class="small"
      footer={
        <button
          type="button"
          class="button primary"
          aria-disabled={action.running.value || count === 0}
          onClick={() => {
            if (count > 0) void retry();
          }}
        >
          {label()}
        </button>
      }
    >
      <ProblemBanner
        error={action.error.value}
        onRetry={() => void retry()}
        retryHint={t("resend.retry_safe")}
      />
      <p>
        {t("resend.retry_intro")} {t("resend.retry_since")}
      </p>
      {resend.counts.excluded > 0 && <p>{t("resend.retry_left_out")}</p>}
      <fieldset>
        <legend>{t("resend.retry_whom")}</legend>
        {choices.map(({ state, count: known }) => (
          <label key={state} class="choice">
            <input
              type="checkbox"
              checked={states.includes(state)}
              onChange={event => choose(state, event.currentTarget.checked)}
            />
            <span>
              {state === "cancelled" ? t("resend.retry_cancelled") : name("recipientState", state)}
              {known !== undefined && <span class="soft"> {tn("users.found", known)}</span>}
              <br />
              <span class="hint">{t(`resend.retry_hint.${state}`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <ProblemBanner error={check.error.value} onRetry={() => void check.reload()} />
      <div role="status">
        {states.length === 0 && <p>{t("resend.retry_why_disabled")}</p>}
        {states.length > 0 && check.loading.value && <p>{t("resend.checking")}</p>}
        {isCurrent && preview && <Outcome preview={preview} />}
      </div>
    </Dialog>
  );
}

/** What the retry would do. */
function Outcome({ preview }: { preview: Preview }) {
  const { counts, startAt, expectedFinish } = preview;
  const reasons = Object.entries(counts.byReason).filter(([, count]) => count > 0);
  const seconds = expectedFinish
    ? (new Date(expectedFinish).getTime() - new Date(startAt).getTime()) / 1000
    : 0;
  return (
    <>
      <p>
        {tn("resend.retry_eligible", counts.eligible)}
        {counts.eligible > 0 &&
          seconds > 0 &&
          ` ${t("resend.retry_takes", { duration: formatDuration(seconds) })}`}
      </p>
      {counts.excluded > 0 && (
        <>
          <p>{tn("resend.retry_excluded", counts.excluded)}</p>
          <ReasonList reasons={reasons} />
        </>
      )}
    </>
  );
}
