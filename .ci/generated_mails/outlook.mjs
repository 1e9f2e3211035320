// Reads mails as Outlook does, and compares what it reads of two of them.

import { parse } from "parse5";

const OPEN = /<!--\[if ([^\]]*)\]>(?!<!--|-->)([\s\S]*?)<!\[endif\]-->/g;
const REVEALED = /<!--\[if ([^\]]*)\]>(?:<!-*-*>|-->)([\s\S]*?)<!--\s*<!\[endif\]-->/g;

/** Whether Outlook shows a text with the condition. */
function isMet(condition) {
    const folded = condition.toLowerCase().replace(/\s+/g, " ").trim();
    return /mso/.test(folded) && !/^!|\(!/.test(folded);
}

/** The HTML with the conditional comments that Outlook opens, and without those that it passes over. */
function asOutlook(html) {
    return html
        .replace(REVEALED, (_, condition, inner) => (isMet(condition) ? inner : ""))
        .replace(OPEN, (_, condition, inner) => (isMet(condition) ? inner : ""))
        .replace(/<!\[if [^\]]*\]>|<!\[endif\]>/g, "");
}

/** What cleaning answered, by rule. */
function answered(cleaned) {
    const rules = new Set(cleaned.map(({ rule }) => rule));
    const named = (rule, key) => new Set(cleaned.filter((one) => one.rule === rule).map((one) => namedIn(one, key)));
    return {
        rules,
        elements: named("unknown_element", "element"),
        attributes: named("unknown_attribute", "attribute"),
    };
}

/** The name of an element or an attribute in a finding: a value of it, or a word of its sentence. */
function namedIn({ values, detail }, key) {
    return values?.[key] ?? (key === "element" ? /<([^>]+)>/ : /attribute (\S+)/).exec(detail)?.[1];
}

const withoutLoadedStyles = (css) =>
    css.replace(/@import[^;}]*;?/gi, "").replace(/@font-face\s*\{[^}]*url\([^}]*\}/gi, "").replace(/\s+/g, " ").trim();

const secure = (text) => text.replace(/\bhttp:(?=\/\/[^\s"')]*\.(?:png|gif|jpe?g))/gi, "https:");

/** The lines of a tree: tags with their attributes, and texts. Blanks between words do not count. */
function lines(node, changes, depth, out) {
    const { rules, elements, attributes } = changes;
    for (const child of node.childNodes ?? []) {
        if (child.nodeName === "#text") {
            let text = child.value;
            if (node.nodeName === "style") {
                text = withoutLoadedStyles(text);
            }
            text = secure(text).replace(/\s+/g, " ").trim();
            if (text) {
                out.push({ depth, text });
            }
            continue;
        }
        if (child.nodeName.startsWith("#") || (rules.has("linked_file") && child.nodeName === "link")) {
            continue;
        }
        if (rules.has("data_script") && child.nodeName === "script") {
            continue;
        }
        if (elements.has(child.nodeName)) {
            lines(child, changes, depth, out);
            continue;
        }
        const kept = child.attrs
            .filter(({ name, prefix }) => !attributes.has(prefix ? `${prefix}:${name}` : name))
            .map(({ name, value }) => `${name}=${secure(value)}`)
            .sort();
        out.push({ depth, text: `<${child.nodeName} ${kept.join(" ")}>` });
        lines(child, changes, depth + 1, out);
    }
    return out;
}

/** Neighbouring texts become one: the tags of an unknown element between them are gone. */
function joined(list) {
    const out = [];
    for (const line of list) {
        const last = out.at(-1);
        if (last && last.depth === line.depth && !last.text.startsWith("<") && !line.text.startsWith("<")) {
            last.text += ` ${line.text}`;
        } else {
            out.push({ ...line });
        }
    }
    return out.map(({ depth, text }) => `${" ".repeat(depth)}${text}`);
}

/** The first difference between what Outlook reads of the source and of what is stored, apart from what cleaning answered. */
export function outlookDifference(source, stored, cleaned) {
    const changes = answered(cleaned);
    const [one, other] = [source, stored].map((html) => joined(lines(parse(asOutlook(html)), changes, 0, [])));
    const at = one.findIndex((line, index) => line !== other[index]);
    if (at === -1) {
        return other.length > one.length ? `more: ${other[one.length]}` : null;
    }
    return `${one[at]} -> ${other[at]}`;
}
