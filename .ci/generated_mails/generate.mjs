// Writes the mails of the generators of npm, and the pages for premailer, into a folder.
//
// Usage: node generate.mjs FOLDER

import { mkdirSync, writeFileSync } from "node:fs";
import juice from "juice";
import { foundationMails } from "./foundation_mails.mjs";
import { mjmlMails } from "./mjml_mails.mjs";
import { pages } from "./pages.mjs";
import { reactMails } from "./react_mails.mjs";

const folder = process.argv[2];

const write = (name, mails) => {
    mkdirSync(`${folder}/${name}`, { recursive: true });
    mails.forEach((html, index) => writeFileSync(`${folder}/${name}/${String(index + 1).padStart(2, "0")}.html`, html));
};

write("mjml", await mjmlMails());
write("react", await reactMails());
write("foundation", foundationMails());
write("juice", pages(0, 16).map((page, index) => juice(page, { removeStyleTags: index % 2 === 0, applyAttributesTableElements: true })));
write("pages", pages(16, 14));
