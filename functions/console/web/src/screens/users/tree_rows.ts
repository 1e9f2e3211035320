/** The group tree as the rows that are visible, and the keys that move between them. */

import type { GroupInScope } from "../../api/types";

/** `hasSubgroups` is there in the answer for one level. */
export type TreeGroup = GroupInScope & { hasSubgroups?: boolean };

/** The groups directly below a parent, as far as they are loaded. */
export interface Level {
  groups: TreeGroup[];
  next?: string | undefined;
  state: "loading" | "loaded" | "failed";
}

/** The levels by parent; the topmost one by the empty text. */
export type Levels = Record<string, Level>;

export type Row =
  /** All groups together. */
  | { kind: "all"; key: string; level: 1; position: number; size: number }
  | {
      kind: "group";
      key: string;
      level: number;
      position: number;
      size: number;
      group: TreeGroup;
      /** Absent if the group has no subgroups. */
      expanded?: boolean;
    }
  /** The way to the groups that are not loaded yet. */
  | { kind: "more"; key: string; level: number; parent: string; state: Level["state"] };

/** The visible rows from top to bottom, and the parents of expanded levels that are not loaded. */
export function visibleRows(levels: Levels, expanded: ReadonlySet<string>) {
  const rows: Row[] = [];
  const missing: string[] = [];

  const add = (parent: string, depth: number) => {
    const level = levels[parent];
    if (!level) {
      missing.push(parent);
      rows.push({ kind: "more", key: `more/${parent}`, level: depth, parent, state: "loading" });
      return;
    }
    const before = depth === 1 ? 1 : 0;
    for (const [index, group] of level.groups.entries()) {
      const mayExpand = group.hasSubgroups ?? levels[group.id]?.groups.length !== 0;
      const isExpanded = mayExpand && expanded.has(group.id);
      rows.push({
        kind: "group",
        key: group.id,
        level: depth,
        position: index + 1 + before,
        size: level.groups.length + before,
        group,
        ...(mayExpand ? { expanded: isExpanded } : {}),
      });
      if (isExpanded) add(group.id, depth + 1);
    }
    if (level.next !== undefined || level.state !== "loaded") {
      rows.push({ kind: "more", key: `more/${parent}`, level: depth, parent, state: level.state });
    }
  };

  rows.push({
    kind: "all",
    key: "",
    level: 1,
    position: 1,
    size: (levels[""]?.groups.length ?? 0) + 1,
  });
  add("", 1);
  return { rows, missing };
}

/** The ancestors of a group that the loaded levels know, the topmost first, with the group itself at the end. */
export function pathOf(levels: Levels, id: string): TreeGroup[] | undefined {
  const known = new Map<string, TreeGroup>();
  for (const level of Object.values(levels)) {
    for (const group of level.groups) known.set(group.id, group);
  }

  const path: TreeGroup[] = [];
  for (let at = known.get(id); at && !path.includes(at); at = known.get(at.parentId ?? "")) {
    path.unshift(at);
  }
  const top = path[0];
  if (!top) return undefined;
  const isTop = levels[""]?.groups.some(group => group.id === top.id) ?? false;
  return isTop ? path : undefined;
}

/** A key press in the tree: another row gets the focus, or a group is expanded or collapsed. */
export type Move = { focus: number } | { toggle: string } | undefined;

/** The move of a key on the row at an index, as the pattern of a tree has it. */
export function moveOf(key: string, rows: Row[], index: number): Move {
  const row = rows[index];
  if (!row) return undefined;
  const isGroup = row.kind === "group";
  switch (key) {
    case "ArrowDown":
      return index + 1 < rows.length ? { focus: index + 1 } : undefined;
    case "ArrowUp":
      return index > 0 ? { focus: index - 1 } : undefined;
    case "Home":
      return { focus: 0 };
    case "End":
      return { focus: rows.length - 1 };
    case "ArrowRight":
      if (!isGroup || row.expanded === undefined) return undefined;
      return row.expanded ? { focus: index + 1 } : { toggle: row.key };
    case "ArrowLeft":
      if (isGroup && row.expanded) return { toggle: row.key };
      return parentMove(rows, index);
    default:
      return undefined;
  }
}

function parentMove(rows: Row[], index: number): Move {
  const level = rows[index]?.level ?? 1;
  for (let at = index - 1; at >= 0; at -= 1) {
    if ((rows[at]?.level ?? 0) < level) return { focus: at };
  }
  return undefined;
}

/** The next row whose name begins with the typed text, from the row at an index on. */
export function rowByName(
  rows: Row[],
  index: number,
  typed: string,
  nameOf: (row: Row) => string,
): number | undefined {
  const fold = (text: string) => text.normalize("NFKC").toLowerCase();
  const wanted = fold(typed);
  // A longer text may still mean the row that has the focus; a first letter means a later one.
  const first = [...typed].length > 1 ? index : index + 1;
  for (let step = 0; step < rows.length; step += 1) {
    const at = (first + step) % rows.length;
    const row = rows[at];
    if (row && fold(nameOf(row)).startsWith(wanted)) return at;
  }
  return undefined;
}
