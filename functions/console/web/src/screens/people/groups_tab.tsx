import { useSignal } from "@preact/signals";
import { t } from "../../i18n/messages";
import { parameter, setParameters } from "../../routes";
import { GroupPanel, NewGroupPanel } from "./group_panel";
import { GroupTree } from "./group_tree";

/** The tree of groups, and the group that is open. */
export function GroupsTab() {
  const version = useSignal(0);
  const chosen = parameter("group");
  const isNew = parameter("new") === "group";

  const show = (group: string | undefined) => setParameters({ group, new: undefined });
  const onChanged = (shown: string | undefined) => {
    version.value += 1;
    show(shown);
    // The dialog gives the focus back first.
    if (!shown) setTimeout(() => document.querySelector<HTMLElement>("h1")?.focus());
  };
  return (
    <div class="people-groups">
      <section aria-labelledby="people-tree">
        <h2 id="people-tree">{t("people.groups")}</h2>
        <p>
          <button type="button" class="button" onClick={() => setParameters({ new: "group" })}>
            {chosen ? t("people.new_subgroup") : t("people.new_group")}
          </button>
        </p>
        <GroupTree
          label={t("people.groups")}
          chosen={chosen}
          version={version.value}
          onChoose={group => show(group.id)}
        />
      </section>
      <div>
        {isNew && (
          <NewGroupPanel
            parent={chosen}
            onChanged={onChanged}
            onClose={() => setParameters({ new: undefined })}
          />
        )}
        {!isNew && chosen && (
          <GroupPanel
            key={chosen}
            id={chosen}
            onChanged={onChanged}
            onClose={() => show(undefined)}
          />
        )}
        {!isNew && !chosen && <p class="soft">{t("people.choose_to_edit")}</p>}
      </div>
    </div>
  );
}
