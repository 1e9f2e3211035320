import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t, tn } from "../../i18n/messages";
import { navigate, setParameters } from "../../routes";
import { countWords } from "../../state/filter_words";
import { endedSelection, MAX_CHOSEN, select } from "../../state/selected";
import { NOTHING, type Selection, selectedCount } from "../../state/selection";
import { usersAddress } from "./address";
import { selectedWords } from "./selected_words";

/** Everybody whom the filter of the screen matches. */
export interface Offer {
  count: number;
  estimated: boolean;
  /** Whether they are selected already. */
  isSelected: boolean;
  onSelect: () => void;
}

interface Props {
  selection: Selection;
  offer: Offer | undefined;
}

/**
 * Says in full words who is selected, and what can be done with them. No button changes its place with the selection, so that
 * a second press does not hit another one.
 */
export function SelectionBar({ selection, offer }: Props) {
  const isAskedInVain = useSignal(false);
  const resend = useRef<HTMLButtonElement>(null);
  const count = selectedCount(selection);
  const isNothing = selection.kind === "users" && count === 0;
  const isTooMany = selection.kind === "users" && count > MAX_CHOSEN;
  useEffect(() => {
    if (count > 0) isAskedInVain.value = false;
  }, [count]);

  const open = () => {
    if (count === 0 || isTooMany) isAskedInVain.value = true;
    else setParameters({ dialog: "resend" });
  };
  // The next step gets the focus.
  const act = (action: () => void) => {
    action();
    resend.current?.focus();
  };
  return (
    <section class="selection-bar" aria-label={t("selection.label")}>
      <div class="actions">
        <button type="button" class="button primary" ref={resend} onClick={open}>
          {t("users.resend")}
        </button>
        <button
          type="button"
          class="button quiet"
          aria-label={t("selection.clear_all")}
          aria-disabled={isNothing}
          onClick={() => !isNothing && act(() => select(NOTHING))}
        >
          {t("selection.clear")}
        </button>
        {offer && (
          <button
            type="button"
            class="button"
            aria-disabled={offer.isSelected}
            onClick={() => !offer.isSelected && act(offer.onSelect)}
          >
            {tn("selection.select_all", offer.count, {
              number: countWords(offer.count, offer.estimated),
            })}
          </button>
        )}
      </div>
      <p class="selection-words" role="status">
        {count > 0 ? selectedWords(selection) : t("selection.nothing")}
      </p>
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
