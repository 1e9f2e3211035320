import { useLayoutEffect, useRef } from "preact/hooks";
import { commandResend } from "../../api/calls";
import type { Resend } from "../../api/types";
import { t } from "../../i18n/messages";
import { keepFocus } from "../../parts/focus";
import { ProblemBanner } from "../../parts/problem";
import { parameter, setParameters } from "../../routes";
import { useAction } from "../../state/action";
import { maySteer } from "./access";
import { CancelDialog } from "./cancel_dialog";
import { hasEnded, isStarting, retryChoices } from "./figures";
import { NowDialog } from "./now_dialog";
import { RetryDialog } from "./retry_dialog";
import { StartDialog } from "./start_dialog";

interface Props {
  resend: Resend;
  onChanged: (resend: Resend) => void;
}

const open = (dialog: string) => setParameters({ do: dialog });
const close = () => setParameters({ do: undefined }, { replace: true });

/** The commands that the state allows. The API decides whether the operator may give them. */
export function Steering({ resend, onChanged }: Props) {
  const action = useAction();
  const buttons = useRef<HTMLFieldSetElement>(null);
  useHeldFocus(buttons);
  if (!maySteer(resend)) return hasEnded(resend) ? null : <p>{t("resend.view_only")}</p>;

  const { state } = resend;
  const waits = (state === "preparing" || state === "scheduled") && !isStarting(resend, Date.now());
  const mayRetry = (state === "completed" || state === "cancelled") && retryChoices(resend).length;
  const run = (act: () => Promise<Resend>) =>
    void action.run(async () => {
      onChanged(await act());
    });
  const button = (label: string, onClick: () => void, tone = "") => (
    <button
      type="button"
      class={`button ${tone}`}
      aria-disabled={action.running.value}
      onClick={onClick}
    >
      {label}
    </button>
  );

  const dialog = parameter("do");
  return (
    <div class="resend-steering">
      <fieldset ref={buttons} class="actions" aria-label={t("resend.steering")}>
        {state === "sending" &&
          button(t("resend.pause"), () => run(() => commandResend(resend.id, "pause")))}
        {state === "paused" &&
          button(
            t("resend.resume"),
            () => run(() => commandResend(resend.id, "resume")),
            "primary",
          )}
        {waits && button(t("resend.other_start"), () => open("start"))}
        {waits && button(t("resend.to_now"), () => open("now"))}
        {!hasEnded(resend) && button(t("resend.cancel"), () => open("cancel"), "danger")}
        {mayRetry ? button(t("resend.retry"), () => open("retry")) : null}
      </fieldset>
      <ProblemBanner error={action.error.value} />
      {dialog === "cancel" && !hasEnded(resend) && (
        <CancelDialog resend={resend} onClose={close} onChanged={onChanged} />
      )}
      {dialog === "start" && waits && (
        <StartDialog resend={resend} onClose={close} onChanged={onChanged} />
      )}
      {dialog === "now" && waits && (
        <NowDialog
          resend={resend}
          onClose={close}
          onChanged={onChanged}
          onOtherStart={() => setParameters({ do: "start" }, { replace: true })}
        />
      )}
      {dialog === "retry" && mayRetry ? <RetryDialog resend={resend} onClose={close} /> : null}
    </div>
  );
}

/**
 * Keeps the focus when the button that has it goes, because of its command or because the resend has come further: the
 * next command has it then, or the heading.
 */
function useHeldFocus(buttons: { current: HTMLElement | null }): void {
  const hadFocus = buttons.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    if (!hadFocus || document.activeElement !== document.body) return;
    buttons.current?.querySelector("button")?.focus();
    keepFocus();
  });
}
