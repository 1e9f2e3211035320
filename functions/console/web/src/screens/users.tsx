import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";
import { Dialog } from "../parts/dialog";
import { Link } from "../parts/link";
import { useMedia } from "../parts/media";
import { useTitle } from "../parts/title";
import { navigate, parameter, query, setParameters, to, withParameters } from "../routes";
import { filterKey, filterOf, type UserFilter } from "../state/filter";
import { may } from "../state/operator";
import { endSelection, select, selection } from "../state/selected";
import { NOTHING, selectedCount, underFilter } from "../state/selection";
import { ResendDialog } from "./resend_dialog";
import { preloadBasics } from "./resend_dialog/basics";
import { lastList, usersAddress } from "./users/address";
import { GroupTree } from "./users/group_tree";
import { RefineBar } from "./users/refine_bar";
import { levels, openGroup, openPath, openTree } from "./users/tree_state";
import { UserList } from "./users/user_list";

/** Under this width the tree is a drawer. */
const NARROW = "(max-width: 900px)";

/** The users of all groups or of one, and the selection whose invitation is sent again. */
export function UsersScreen({ id }: ScreenProps) {
  if (!may.readUsers.value) return <NotAllowed />;
  return <Users group={id} />;
}

function NotAllowed() {
  useTitle(t("nav.users"));
  return (
    <>
      <h1 tabIndex={-1}>{t("nav.users")}</h1>
      <p class="banner">{t("users.not_allowed")}</p>
    </>
  );
}

function Users({ group }: { group: string | undefined }) {
  const filter = filterOf(query.value, group);
  const key = filterKey(filter);
  const current = underFilter(selection.value, filter);

  // A selection of everybody whom another filter matches would mean other users.
  useLayoutEffect(() => {
    if (underFilter(selection.value, filter) !== selection.value) endSelection();
  }, [key]);

  const place = withParameters({ dialog: undefined });
  useEffect(() => {
    lastList.value = place;
  }, [place]);

  const canResend = may.resend.value && selectedCount(current) > 0;
  useEffect(() => {
    if (canResend) preloadBasics();
  }, [canResend]);

  const isDialogOpen = parameter("dialog") === "resend" && canResend;
  return (
    <div class={may.listGroups.value ? "users-layout" : undefined}>
      {may.listGroups.value && <Groups open={group} filter={filter} />}
      <div class="users-main">
        <Heading group={group} filter={filter} />
        <RefineBar filter={filter} />
        <UserList filter={filter} selection={current} />
      </div>
      {isDialogOpen && (
        <ResendDialog
          source={{ kind: "selection", selection: current }}
          onClose={() => setParameters({ dialog: undefined })}
          onCreated={resend => {
            select(NOTHING);
            navigate(to.resend(resend.id));
          }}
        />
      )}
    </div>
  );
}

/** The group tree beside the list, or in a drawer on a narrow screen. */
function Groups({ open, filter }: { open: string | undefined; filter: UserFilter }) {
  const isNarrow = useMedia(NARROW);
  const isDrawerOpen = useSignal(false);
  useEffect(openTree, []);

  // Once the topmost level is there, most groups are known without asking again.
  const isTopLoaded = levels.value[""]?.state === "loaded" || isNarrow;
  useEffect(() => {
    if (isTopLoaded) void openGroup(open);
  }, [open, isTopLoaded]);

  if (!isNarrow) {
    return (
      <nav class="users-groups" aria-label={t("users.groups")}>
        <GroupTree open={open} filter={filter} onOpen={() => {}} />
      </nav>
    );
  }
  const close = () => {
    isDrawerOpen.value = false;
  };
  return (
    <div class="groups-drawer">
      <button
        type="button"
        class="button"
        aria-haspopup="dialog"
        onClick={() => {
          isDrawerOpen.value = true;
        }}
      >
        {t("users.choose_group")}
      </button>
      {isDrawerOpen.value && (
        <Dialog title={t("users.groups")} class="drawer" onClose={close}>
          <GroupTree open={open} filter={filter} onOpen={close} />
        </Dialog>
      )}
    </div>
  );
}

/** The name of the group, and the way to it from the top. */
function Heading({ group, filter }: { group: string | undefined; filter: UserFilter }) {
  const path = group === undefined ? [] : openPath.value;
  const open = path.at(-1);
  const isKnown = open !== undefined && open.id === group;
  const heading = group === undefined ? t("users.all") : isKnown ? open.name : undefined;
  useTitle(heading ?? t("nav.users"));
  return (
    <>
      {isKnown && (
        <nav aria-label={t("users.path")}>
          <ol class="group-path">
            {[undefined, ...path.slice(0, -1)].map(ancestor => (
              <li key={ancestor?.id ?? ""}>
                <Link href={usersAddress({ ...filter, ...groupOf(ancestor?.id) })}>
                  {ancestor?.name ?? t("users.all_groups")}
                </Link>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <h1 tabIndex={-1}>{heading ?? t("users.one_group")}</h1>
      {isKnown && open.access === "view" && may.resend.value && (
        <p class="banner warning">{t("users.group_view_only")}</p>
      )}
    </>
  );
}

const groupOf = (id: string | undefined) => ({ group: id ?? "" });
