import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { testTemplate } from "../../api/calls";
import { NoAnswerError } from "../../api/errors";
import type { Template } from "../../api/types";
import { t } from "../../i18n/messages";
import { ProblemBanner } from "../../parts/problem";
import { useAction } from "../../state/action";
import { me } from "../../state/operator";

interface Props {
  template: Template;
  language: string;
  isChanged: boolean;
}

/** Sends the stored mail to the operator's own address. */
export function TestMail({ template, language, isChanged }: Props) {
  const { running, error, run } = useAction();
  const isSent = useSignal(false);
  const key = useRef(crypto.randomUUID());
  const user = me.value?.user;
  const isStored = template.variants[language] !== undefined;
  if (!user?.email) return <p class="hint">{t("template.test_no_address")}</p>;

  const send = async () => {
    isSent.value = false;
    isSent.value = await run(async () => {
      await testTemplate(template.id, { userId: user.id, language }, key.current);
    });
    // A test that may have been sent is repeated with its key.
    if (!(error.value instanceof NoAnswerError)) key.current = crypto.randomUUID();
  };
  return (
    <section class="test-mail" aria-label={t("template.test")}>
      <ProblemBanner error={error.value} onRetry={() => void send()} />
      {isStored && (
        <button
          type="button"
          class="button"
          aria-disabled={running.value}
          onClick={() => void send()}
        >
          {t("template.test_send", { address: user.email })}
        </button>
      )}
      <p class="hint">
        {!isStored ? t("template.test_save_first") : isChanged && t("template.test_stored")}
      </p>
      <p class="hint">{t("template.test_hint")}</p>
      <p role="status">{isSent.value && t("template.test_sent", { address: user.email })}</p>
    </section>
  );
}
