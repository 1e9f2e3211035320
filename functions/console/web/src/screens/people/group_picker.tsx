import { t } from "../../i18n/messages";
import { Dialog } from "../../parts/dialog";
import { GroupTree, type PlacedGroup } from "./group_tree";

interface Props {
  title: string;
  /** A group that cannot be chosen, with those below it. */
  without?: string | undefined;
  /** Offers the place above all groups. */
  onTop?: () => void;
  onChoose: (group: PlacedGroup) => void;
  onClose: () => void;
}

/** Chooses a group out of the tree. */
export function GroupPicker({ title, without, onTop, onChoose, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      {onTop && (
        <p>
          <button
            type="button"
            class="button"
            onClick={() => {
              onTop();
              onClose();
            }}
          >
            {t("people.top")}
          </button>
        </p>
      )}
      <GroupTree
        label={t("people.groups")}
        without={without}
        onChoose={group => {
          onChoose(group);
          onClose();
        }}
      />
    </Dialog>
  );
}
