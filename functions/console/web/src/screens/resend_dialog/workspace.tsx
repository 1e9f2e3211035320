import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ProblemError } from "../../api/errors";
import { t } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { draft as keptDraft } from "../../state/draft_store";
import { shownName } from "../../state/shown_name";
import { selectedWords } from "../users/selected_words";
import { AttemptBanners } from "./attempt_banners";
import type { Basics } from "./basics";
import type { Creation } from "./creation";
import { Footer } from "./footer";
import { MailSection } from "./mail";
import { type Model, useModel } from "./model";
import { PasswordsSection } from "./passwords";
import { canPress, hasFieldErrors, isCurrent, needsQuestion, press } from "./press";
import { Question } from "./question";
import { RecipientsSection } from "./recipients";
import type { Source } from "./source";
import { StartSection } from "./start";
import { StartOver, type StartOverStep } from "./start_over";

interface Props {
  source: Source;
  basics: Basics;
  creation: Creation;
  onClose: () => void;
}

/** The dialog with its sections, all on one page, and the footer with the one button. */
export function Workspace({ source, basics, creation, onClose }: Props) {
  const model = useModel(source, keptDraft, basics);
  const isAsking = useSignal(false);
  const startOver = useSignal<StartOverStep>(undefined);
  useClearedErrors(model, creation);

  const onPress = () => {
    if (!canPress(model, creation)) return;
    if (needsQuestion(model)) isAsking.value = true;
    else void press(model, creation);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onPress();
  };
  const close = () => {
    if (!creation.isRunning.value) onClose();
  };
  return (
    <Dialog
      title={t("dialog.title")}
      class="resend-dialog"
      onClose={close}
      onKeyDown={onKeyDown}
      footer={
        <Footer
          model={model}
          creation={creation}
          onPress={onPress}
          onStartOver={() => {
            startOver.value = "asking";
          }}
        />
      }
    >
      <AttemptBanners model={model} creation={creation} />
      <p class="soft">{sourceText(model)}</p>
      <RecipientsSection model={model} />
      <MailSection model={model} />
      <StartSection model={model} />
      <PasswordsSection model={model} />
      <StartOver model={model} step={startOver} />
      {isAsking.value && (
        <Question
          model={model}
          onClose={() => {
            isAsking.value = false;
          }}
          onConfirm={() => {
            isAsking.value = false;
            void press(model, creation);
          }}
        />
      )}
    </Dialog>
  );
}

/** A summary of wrong fields stays until all of them are right. */
function useClearedErrors(model: Model, { error }: Creation): void {
  const isRight = !hasFieldErrors(model) && isCurrent(model);
  useEffect(() => {
    if (isRight && error.value instanceof ProblemError && error.value.status === 422)
      error.value = undefined;
  }, [isRight, model.draft]);
}

/** The users whom the dialog was opened for. */
function sourceText({ source }: Model): string {
  if (source.kind === "user") {
    return t("dialog.for_user", { user: shownName(source.user) });
  }
  return selectedWords(source.selection);
}
