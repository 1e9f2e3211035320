import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatNumber } from "../../i18n/format";
import { t, tn } from "../../i18n/messages";
import { navigate } from "../../routes";
import type { UserFilter } from "../../state/filter";
import { usersAddress } from "./address";
import { moveOf, type Row, rowByName, visibleRows } from "./tree_rows";
import { expanded, levels, loadLevel, toggle } from "./tree_state";

/** Letters that are typed within this time belong together. */
const TYPING_PAUSE = 700;

/** The indentation of a level, in rem. */
const INDENT = 1.1;

const nameOf = (row: Row) => {
  if (row.kind === "all") return t("users.all_groups");
  return row.kind === "group" ? row.group.name : "";
};

interface Props {
  open: string | undefined;
  /** The refinement, which another group keeps. */
  filter: UserFilter;
  /** Called when a group is opened. */
  onOpen: () => void;
}

/** The groups as a tree: the arrows, Home, End and letters move, Enter opens. */
export function GroupTree({ open, filter, onOpen }: Props) {
  const tree = useRef<HTMLDivElement>(null);
  const { rows, missing } = visibleRows(levels.value, new Set(expanded.value));
  const focused = useSignal(open ?? "");
  const typed = useRef({ text: "", at: 0 });

  // The topmost level has the empty name, so a text of the names alone would be the same as that of none.
  const wanted = JSON.stringify(missing);
  useEffect(() => {
    for (const parent of missing) void loadLevel(parent);
  }, [wanted]);
  useEffect(() => {
    focused.value = open ?? "";
  }, [open]);

  // The row notes by itself that it has the focus.
  const focusRow = (index: number) => {
    tree.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[index]?.focus();
  };
  const activate = (row: Row, index: number) => {
    if (row.kind === "more") {
      // The first group of the next page takes the place of the row that led to it.
      const focusNew = () => requestAnimationFrame(() => focusRow(index));
      if (row.state !== "loading") void loadLevel(row.parent).then(focusNew);
      return;
    }
    navigate(usersAddress({ ...filter, group: row.key }));
    onOpen();
  };
  const typeAhead = (letter: string, index: number) => {
    const now = Date.now();
    const text = now - typed.current.at < TYPING_PAUSE ? typed.current.text + letter : letter;
    typed.current = { text, at: now };
    const found = rowByName(rows, index, text, nameOf);
    if (found !== undefined) focusRow(found);
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[index];
    if (!row) return;

    const move = moveOf(event.key, rows, index);
    if (move) {
      if ("focus" in move) focusRow(move.focus);
      else toggle(move.toggle);
    } else if (event.key === "Enter" || event.key === " ") activate(row, index);
    else if ([...event.key].length === 1) typeAhead(event.key, index);
    else return;
    event.preventDefault();
  };

  // A row that is gone leaves the tree to the first one.
  const current = rows.some(row => row.key === focused.value) ? focused.value : "";
  return (
    <div role="tree" aria-label={t("users.groups")} class="group-tree" ref={tree}>
      {rows.map((row, index) => (
        <TreeRow
          key={row.key}
          row={row}
          filter={filter}
          isOpen={row.kind !== "more" && row.key === (open ?? "")}
          isFocusable={row.key === current}
          onActivate={() => activate(row, index)}
          onFocus={() => {
            focused.value = row.key;
          }}
          onKeyDown={event => onKeyDown(event, index)}
        />
      ))}
    </div>
  );
}

interface RowProps {
  row: Row;
  filter: UserFilter;
  isOpen: boolean;
  isFocusable: boolean;
  onActivate: () => void;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

function TreeRow({ row, filter, isOpen, isFocusable, onActivate, onFocus, onKeyDown }: RowProps) {
  const isGroup = row.kind === "group";
  const onClick = (event: MouseEvent) => {
    if (isGroup && (event.target as Element).closest(".expander")) {
      event.preventDefault();
      toggle(row.key);
      return;
    }
    // Another tab is the browser's.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onActivate();
  };
  const common = {
    "aria-level": row.level,
    class: `tree-row ${row.kind}`,
    style: { paddingInlineStart: `${(row.level - 1) * INDENT}rem` },
    onClick,
    onFocus,
    onKeyDown,
  };

  const tabIndex = isFocusable ? 0 : -1;

  if (row.kind === "more") {
    return (
      <div role="treeitem" tabIndex={tabIndex} {...common} aria-busy={row.state === "loading"}>
        <span class="expander" aria-hidden="true" />
        <span class="tree-name">{t(`users.tree.${row.state}` as const)}</span>
      </div>
    );
  }
  return (
    <a
      role="treeitem"
      tabIndex={tabIndex}
      {...common}
      href={usersAddress({ ...filter, group: row.key })}
      aria-setsize={row.size}
      aria-posinset={row.position}
      aria-expanded={isGroup ? row.expanded : undefined}
      aria-current={isOpen ? "page" : undefined}
    >
      <span class="expander" aria-hidden="true">
        {isGroup && row.expanded !== undefined && (
          <svg viewBox="0 0 16 16" width="16" height="16">
            <path d={row.expanded ? "M3 5l5 6 5-6z" : "M5 3l6 5-6 5z"} />
          </svg>
        )}
      </span>
      <span class="tree-name">{nameOf(row)}</span>
      {isGroup && (
        <span class="tree-count">
          <span aria-hidden="true">{formatNumber(row.group.memberCount)}</span>
          <span class="visually-hidden">{tn("users.members", row.group.memberCount)}</span>
        </span>
      )}
    </a>
  );
}
