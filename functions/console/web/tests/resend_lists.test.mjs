// The list of resends in the address, and the pages of a CSV.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const list = await load("src/screens/resends/list_query.ts");
const csv = await load("src/screens/resend/csv_pages.ts");

test("the address makes the query of the list", () => {
  const query = new URLSearchParams(
    "tab=running&group=g1&createdBy=u1&from=2026-12-01&next=c&other=x",
  );
  assert.deepEqual(list.listQuery(query), {
    state: "sending,paused",
    group: "g1",
    createdBy: "u1",
    from: "2026-12-01",
    next: "c",
  });
  assert.deepEqual(list.listQuery(new URLSearchParams("tab=unheard")), {});
});

test("each state of a resend is on one tab beside that of all", () => {
  const states = list.TABS.filter(tab => tab !== "all").flatMap(tab =>
    list.listQuery(new URLSearchParams({ tab })).state.split(","),
  );
  assert.deepEqual(states.sort(), [
    "cancelled",
    "completed",
    "failed",
    "paused",
    "preparing",
    "scheduled",
    "sending",
  ]);
});

test("a list moves while something runs, and when a start is near", () => {
  const now = Date.parse("2026-12-01T00:00:00Z");
  const moves = (state, startAt) => list.isMoving([{ state, startAt }], now);
  const past = "2026-11-30T00:00:00Z";
  assert.deepEqual(
    ["preparing", "sending", "paused", "completed", "cancelled", "failed"].map(state =>
      moves(state, past),
    ),
    [true, true, false, false, false, false],
  );
  assert.equal(moves("scheduled", "2026-12-01T00:00:30Z"), true);
  assert.equal(moves("scheduled", "2026-12-02T00:00:00Z"), false);
});

test("the next page is found among the links of an answer", () => {
  assert.equal(csv.nextPage('</v1/a?limit=5&next=x,y>; rel="next"'), "/v1/a?limit=5&next=x,y");
  assert.equal(csv.nextPage('</v1/a>; rel="first", </v1/b>; rel="next"'), "/v1/b");
  assert.equal(csv.nextPage("</v1/a>; rel=next"), "/v1/a");
  assert.equal(csv.nextPage('</v1/a>; rel="prev"'), undefined);
  assert.equal(csv.nextPage(null), undefined);
});

test("a link leads to the API only, whatever server it names", () => {
  const base = "https://reinvite.example.com/v1/resends/r/recipients";
  assert.equal(csv.ownPath("/v1/a?next=x", base), "/v1/a?next=x");
  assert.equal(csv.ownPath("https://elsewhere.example.com/v1/a", base), undefined);
  assert.equal(csv.ownPath("/console", base), undefined);
});

test("a line break within quotes begins no row", () => {
  assert.equal(csv.lineCount('user_id,name\nu1,"Ada\nFenwick"\nu2,"a ""b"" c"\n'), 3);
  assert.equal(csv.lineCount(""), 0);
});
