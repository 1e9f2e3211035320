import { useSignal } from "@preact/signals";
import { previewResend, readUser } from "../api/calls";
import { ProblemError } from "../api/errors";
import type { User } from "../api/types";
import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";
import { Link } from "../parts/link";
import { ProblemBanner } from "../parts/problem";
import { useTitle } from "../parts/title";
import { may } from "../state/operator";
import { useResource } from "../state/resource";
import { shownName } from "../state/shown_name";
import { AddressCard } from "./user/address_card";
import { DetailsCard, GroupsCard, InvitationCard } from "./user/details";
import { HistoryCard } from "./user/history";
import { ResendCard } from "./user/resend_card";
import { lastList } from "./users/address";

/** One user: what is known, how often they were invited, and their next invitation. */
export function UserScreen({ id = "" }: ScreenProps) {
  if (!may.readUsers.value) return <NotAllowed />;
  return <OneUser id={id} />;
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

function OneUser({ id }: { id: string }) {
  const user = useResource(id, signal => readUser(id, signal));
  const found = user.value.value;
  useTitle(found ? shownName(found) : t("nav.users"));

  const error = user.error.value;
  const isMissing = error instanceof ProblemError && error.status === 404;
  return (
    <>
      <p class="user-back">
        <Link href={lastList.value}>{t("nav.users")}</Link>
      </p>
      <h1 tabIndex={-1}>{found ? shownName(found) : t("nav.users")}</h1>
      {isMissing ? (
        <p class="banner">{t("user.not_found")}</p>
      ) : (
        <ProblemBanner error={error} onRetry={() => void user.reload()} />
      )}
      {!found && user.loading.value && (
        <p class="soft" role="status">
          {t("common.loading")}
        </p>
      )}
      {found && !isMissing && (
        <UserCards
          user={found}
          onChanged={changed => {
            user.value.value = { ...found, ...changed };
          }}
          onReload={() => void user.reload()}
        />
      )}
    </>
  );
}

interface CardsProps {
  user: User;
  onChanged: (user: User) => void;
  onReload: () => void;
}

function UserCards({ user, onChanged, onReload }: CardsProps) {
  // The history and the judgement change with a resend, with the address and when it is unblocked.
  const changes = useSignal(0);
  const check = useResource(`${user.id} ${changes.value}`, signal =>
    may.resend.value
      ? previewResend({ selection: { userIds: [user.id] } }, {}, signal)
      : Promise.resolve(undefined),
  );
  const recheck = () => {
    changes.value += 1;
  };
  const reason = check.value.value?.excluded.find(one => one.userId === user.id)?.reason;
  return (
    <div class="user-cards">
      <div>
        <ResendCard
          user={user}
          check={check}
          onUnblocked={() => {
            onChanged({ ...user, suppressed: false });
            recheck();
          }}
          onChanged={() => {
            onReload();
            recheck();
          }}
        />
        <AddressCard
          user={user}
          isViewOnly={!may.resend.value || reason === "not_permitted"}
          onCorrected={changed => {
            onChanged(changed);
            recheck();
          }}
        />
        <InvitationCard user={user} />
      </div>
      <div>
        <DetailsCard user={user} />
        <GroupsCard user={user} />
      </div>
      <HistoryCard user={user} changes={changes.value} />
    </div>
  );
}
