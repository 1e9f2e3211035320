import { useSignal } from "@preact/signals";
import { listGroups } from "../../api/calls";
import type { GroupInScope } from "../../api/types";
import { formatNumber } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { ProblemBanner } from "../../parts/problem";
import { useResource } from "../../state/resource";

/** A group with the names of the groups above it. */
export interface PlacedGroup {
  id: string;
  path: string;
}

type Group = GroupInScope & { hasSubgroups?: boolean };

interface Props {
  /** The group whose level is shown; absent for the topmost groups. */
  parent?: PlacedGroup;
  label?: string;
  chosen?: string | undefined;
  /** A group that is left out, with those below it. */
  without?: string | undefined;
  /** Another number loads the levels again. */
  version?: number;
  onChoose: (group: PlacedGroup) => void;
}

/** A level of the tree of groups. The levels below are loaded when they are opened. */
export function GroupTree({ parent, label, without, version = 0, ...rest }: Props) {
  const next = useSignal<string | undefined>(undefined);
  const level = useResource(`${parent?.id ?? ""} ${version} ${next.value ?? ""}`, signal =>
    listGroups(parent?.id, { next: next.value }, signal),
  );
  const found = level.value.value;
  const groups = (found?.groups ?? []).filter(group => group.id !== without) as Group[];
  return (
    <>
      <ProblemBanner error={level.error.value} onRetry={() => void level.reload()} />
      {!found && level.loading.value && <p role="status">{t("common.loading")}</p>}
      {found && groups.length === 0 && <p class="soft">{t("people.no_groups")}</p>}
      {groups.length > 0 && (
        <ul class="group-level" aria-label={label}>
          {groups.map(group => (
            <GroupNode
              key={group.id}
              group={group}
              path={parent ? `${parent.path}/${group.name}` : group.name}
              without={without}
              version={version}
              {...rest}
            />
          ))}
        </ul>
      )}
      {found?.next && (
        <button
          type="button"
          class="link-button"
          onClick={() => {
            next.value = found.next;
          }}
        >
          {t("people.more_groups")}
        </button>
      )}
    </>
  );
}

function GroupNode({
  group,
  path,
  ...rest
}: Omit<Props, "parent"> & { group: Group; path: string }) {
  const isOpen = useSignal(false);
  const placed = { id: group.id, path };
  return (
    <li>
      <div class="group-row">
        {group.hasSubgroups !== false ? (
          <button
            type="button"
            class="group-toggle"
            aria-expanded={isOpen.value}
            aria-label={t("people.subgroups_of", { name: group.name })}
            onClick={() => {
              isOpen.value = !isOpen.value;
            }}
          >
            <span aria-hidden="true">{isOpen.value ? "▾" : "▸"}</span>
          </button>
        ) : (
          <span class="group-toggle" />
        )}
        <button
          type="button"
          class="group-name"
          aria-current={rest.chosen === group.id ? "true" : undefined}
          onClick={() => rest.onChoose(placed)}
        >
          {group.name} <span class="soft">{formatNumber(group.memberCount)}</span>
        </button>
      </div>
      {isOpen.value && <GroupTree parent={placed} {...rest} />}
    </li>
  );
}
