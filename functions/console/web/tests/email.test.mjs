// Addresses that are typed with full-width signs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const { plainAddress } = await load("src/parts/email.ts");

test("an address with full-width signs becomes one with half-width signs", () => {
  assert.equal(plainAddress("name＠example.com"), "name@example.com");
  assert.equal(plainAddress(" ｎａｍｅ＠ｅｘａｍｐｌｅ．ｃｏｍ　"), "name@example.com");
  assert.equal(plainAddress("name@example。jp"), "name@example.jp");
  assert.equal(plainAddress("name@例え.jp"), "name@例え.jp");
});

test("what is no address stays as it was typed", () => {
  for (const text of ["", "佐藤＠", "ｎａｍｅ", "two words＠example.com", "佐藤＠example.com"])
    assert.equal(plainAddress(text), text);
});
