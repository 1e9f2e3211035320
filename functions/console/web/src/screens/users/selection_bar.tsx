import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t, tn } from "../../i18n/messages";
import { navigate, setParameters } from "../../routes";
import { countWords } from "../../state/filter_words";
import { endedSelection, MAX_CHOSEN, select } from "../../state/selected";
import { NOTHING, type Selection, selectedCount } from "../../state/selection";
import { usersAddress } from "./address";
import { selectedWords } from "./selected_words";

/** Everybody whom the filter of the screen matches, if that is more than the page. */
export interface Offer {
  count: number;
  estimated: boolean;
  onSelect: () => void;
}

interface Props {
  selection: Selection;
  offer: Offer | undefined;
}

/** Says in full words who is selected, and what can be done with them. */
export function SelectionBar({ selection, offer }: Props) {
  const isAskedInVain = useSignal(false);
  const resend = useRef<HTMLButtonElement>(null);
  const count = selectedCount(selection);
  const isTooMany = selection.kind === "users" && count > MAX_CHOSEN;
  useEffect(() => {
    if (count > 0) isAskedInVain.value = false;
  }, [count]);

  const open = () => {
    if (count === 0 || isTooMany) isAskedInVain.value = true;
    else setParameters({ dialog: "resend" });
  };
  // A button that goes away when it is pressed leaves the focus to the next step.
  const act = (action: () => void) => {
    action();
    resend.current?.focus();
  };
  return (
    <section class="selection-bar" aria-label={t("selection.label")}>
      <p class="selection-words" role="status">
        {count > 0 ? selectedWords(selection) : t("selection.nothing")}
      </p>
      <div class="actions">
        {offer && (
          <button type="button" class="button" onClick={() => act(offer.onSelect)}>
            {t("selection.select_all", { number: countWords(offer.count, offer.estimated) })}
          </button>
        )}
        <button type="button" class="button primary" ref={resend} onClick={open}>
          {t("users.resend")}
        </button>
        {count > 0 && (
          <button type="button" class="button quiet" onClick={() => act(() => select(NOTHING))}>
            {t("selection.clear")}
          </button>
        )}
      </div>
      <EndedSelection onUndo={act} />
      <div role="alert">
        {isTooMany && <p class="selection-hint">{tn("selection.too_many", MAX_CHOSEN)}</p>}
        {isAskedInVain.value && count === 0 && (
          <p class="selection-hint">{t("selection.choose_first")}</p>
        )}
      </div>
    </section>
  );
}

/** A selection that the changed filter has ended, with a way back to it and to its filter. */
function EndedSelection({ onUndo }: { onUndo: (undo: () => void) => void }) {
  const ended = endedSelection.value;
  const undo = () => {
    if (ended?.kind !== "filter") return;
    select(ended);
    navigate(usersAddress(ended.filter));
  };
  return (
    <div role="status">
      {ended?.kind === "filter" && (
        <p class="selection-hint">
          {t("selection.ended", { selection: selectedWords(ended) })}{" "}
          <button type="button" class="button" onClick={() => onUndo(undo)}>
            {t("selection.undo")}
          </button>
        </p>
      )}
    </div>
  );
}
