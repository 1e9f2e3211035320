import { t } from "../../i18n/messages";
import { NARROW, useMedia } from "../../parts/media";
import type { Creation } from "./creation";
import type { Model } from "./model";
import { canPress } from "./press";
import { buttonText, summaryText } from "./summary";

interface Props {
  model: Model;
  creation: Creation;
  onPress: () => void;
  onStartOver: () => void;
}

/** The summary of what will happen, and the one button that does it. Always visible. */
export function Footer({ model, creation, onPress, onStartOver }: Props) {
  const isNarrow = useMedia(NARROW);
  const isOff = !canPress(model, creation);
  return (
    <div class="resend-footer">
      <p id="resend-summary">{summaryText(model, isNarrow)}</p>
      <div class="actions">
        {model.draft.isTouched && (
          <button
            type="button"
            class="button quiet"
            aria-disabled={creation.isRunning.value}
            onClick={() => !creation.isRunning.value && onStartOver()}
          >
            {t("dialog.start_over")}
          </button>
        )}
        <button
          type="button"
          class="button primary"
          aria-disabled={isOff}
          aria-describedby="resend-summary"
          aria-keyshortcuts="Control+Enter"
          onClick={onPress}
        >
          {creation.isRunning.value ? t("dialog.running") : buttonText(model)}
        </button>
      </div>
    </div>
  );
}
