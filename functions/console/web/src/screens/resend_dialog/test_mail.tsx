import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { testTemplate } from "../../api/calls";
import { type ApiError, NoAnswerError, ProblemError } from "../../api/errors";
import type { Schema } from "../../api/types";
import { t } from "../../i18n/messages";
import { ProblemBanner } from "../../parts/problem";
import { type Attempt, ask, openAttempt, refused } from "../../state/attempt";
import { may, me } from "../../state/operator";
import { apiError } from "../../state/resource";
import type { Model } from "./model";

interface TestRequest {
  template: string;
  preview: Schema["TemplatePreview"];
}

/** Sends the mail that is shown to the operator's own address. */
export function TestMail({ model, body }: { model: Model; body: Schema["TemplatePreview"] }) {
  const attempt = useSignal<Attempt<TestRequest>>(openAttempt(crypto.randomUUID()));
  const state = useSignal<"ready" | "busy" | "sent">("ready");
  const error = useSignal<ApiError | undefined>(undefined);
  const hint = useId();
  const shown = JSON.stringify([model.templateId, body]);
  useEffect(() => {
    // Another mail than the one that was sent is shown now.
    if (state.value === "sent") state.value = "ready";
  }, [shown]);
  const address = me.value?.user.email;
  if (!may.editTemplates.value) return <p class="hint">{t("dialog.test_needs_role")}</p>;
  if (!address) return <p class="hint">{t("dialog.test_no_address")}</p>;

  const send = async () => {
    if (state.value === "busy") return;
    state.value = "busy";
    error.value = await sendTest(attempt, { template: model.templateId, preview: body });
    state.value = error.value ? "ready" : "sent";
  };
  return (
    <div class="test-mail">
      <p class="hint" id={hint}>
        {t("dialog.test_hint", { address })}
      </p>
      <div class="actions">
        <button
          type="button"
          class="button"
          aria-disabled={state.value === "busy"}
          aria-describedby={hint}
          onClick={() => void send()}
        >
          {t("dialog.test")}
        </button>
        <span role="status">
          {state.value === "busy" && t("dialog.test_busy")}
          {state.value === "sent" && t("dialog.test_sent", { address })}
        </span>
      </div>
      <ProblemBanner
        error={error.value}
        onRetry={() => void send()}
        retryHint={t("dialog.test_retry")}
      />
    </div>
  );
}

/** Sends a test mail, or the one that had no answer once more. Returns how it failed. */
async function sendTest(
  attempt: Signal<Attempt<TestRequest>>,
  request: TestRequest,
): Promise<ApiError | undefined> {
  const asked = ask(attempt.value, request, new Date());
  if (!asked) {
    attempt.value = openAttempt(crypto.randomUUID());
    return sendTest(attempt, request);
  }

  attempt.value = asked;
  try {
    await testTemplate(asked.request.template, asked.request.preview, asked.key);
    attempt.value = openAttempt(crypto.randomUUID());
    return undefined;
  } catch (caught) {
    const error = apiError(caught);
    if (error instanceof ProblemError) attempt.value = refused(asked, error.kind);
    else if (!(error instanceof NoAnswerError)) attempt.value = openAttempt(asked.key);
    return error;
  }
}
