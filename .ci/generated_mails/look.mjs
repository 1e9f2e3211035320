// Compares mails with what was stored of them: in Chromium, and as Outlook reads them.
//
// Usage: node look.mjs PAIRS, a JSON file of [{name, source, stored, cleaned}].
//
// Images and fonts are served from here: no request leaves the browser.

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { PNG } from "pngjs";
import pixelmatch from "pixelmatch";
import { outlookDifference } from "./outlook.mjs";

const MAX_DIFFERENCE = 0.001;
const FONTS = "/usr/share/fonts/truetype/dejavu";
const WIDTHS = [360, 800];
const SCHEMES = ["light", "dark"];
const HEIGHT = 1200;

/** Mails that are compared at the same time, each in a page of its own. */
const PAGES = 4;

// Chromium knows no fonts but these, whatever others the machine has. A font that a mail loads has their letters too, so that the
// look stays when cleaning takes the font out, and answers so.
const files = { regular: "DejaVuSans.ttf", bold: "DejaVuSans-Bold.ttf" };
const faces = { regular: readFileSync(`${FONTS}/${files.regular}`), bold: readFileSync(`${FONTS}/${files.bold}`) };

const fonts = mkdtempSync(join(tmpdir(), "fonts-"));
Object.values(files).forEach((file) => copyFileSync(`${FONTS}/${file}`, join(fonts, file)));
const fontconfig = join(fonts, "fonts.conf");
writeFileSync(fontconfig, `<?xml version="1.0"?><fontconfig><dir>${fonts}</dir></fontconfig>`);

/** The style sheet of the fonts that an address asks for, as hosts of fonts answer it. */
function fontSheet(url) {
    const families = url.searchParams.getAll("family").map((family) => family.split(":")[0]);
    return families
        .flatMap((family) => [["regular", 400], ["bold", 700]].map(([face, weight]) =>
            `@font-face{font-family:"${family}";font-weight:${weight};src:url(https://fonts.example.com/${face}.woff2)}`))
        .join("");
}

/** An image whose stripes depend on its path: one that is not loaded, or is another, looks different. */
function image(path) {
    const png = new PNG({ width: 64, height: 24 });
    const seed = [...path].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 16777213, 7);
    for (let index = 0; index < png.data.length; index += 4) {
        const stripe = (index / 4) % 8 < 4;
        png.data.set(stripe ? [seed & 255, (seed >> 8) & 255, (seed >> 16) & 255, 255] : [255, 255, 255, 255], index);
    }
    return PNG.sync.write(png);
}

/** Answers every request of a page. */
async function answer(route) {
    const url = new URL(route.request().url());
    const { hostname, pathname } = url;
    const headers = { "access-control-allow-origin": "*" };
    if (pathname.endsWith(".png")) {
        await route.fulfill({ contentType: "image/png", headers, body: image(pathname) });
    } else if (pathname.includes(".woff")) {
        await route.fulfill({ contentType: "font/ttf", headers, body: pathname.includes("bold") ? faces.bold : faces.regular });
    } else if (hostname.startsWith("fonts.")) {
        await route.fulfill({ contentType: "text/css", headers, body: fontSheet(url) });
    } else {
        await route.abort();
    }
}

/** The text with a value in place of each mark, as a recipient sees it. */
const filled = (html) => html.replace(/\{#.*?#\}|\{%.*?%\}/gs, "").replace(/\{\{.*?\}\}/gs, "https://lms.example.com/");

async function pictures(page, html) {
    const taken = [];
    for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: HEIGHT });
        for (const colorScheme of SCHEMES) {
            await page.emulateMedia({ colorScheme });
            await page.setContent(filled(html), { waitUntil: "load" });
            taken.push(PNG.sync.read(await page.screenshot({ animations: "disabled" })));
        }
    }
    return taken;
}

/** The largest share of pixels that differ between two mails, at every width and in every scheme. */
async function difference(page, one, other) {
    const [first, second] = [await pictures(page, one), await pictures(page, other)];
    const shares = first.map((picture, index) => {
        const { width, height } = picture;
        return pixelmatch(picture.data, second[index].data, null, width, height, { threshold: 0.05 }) / (width * height);
    });
    return Math.max(...shares);
}

/** The mail without one of its styles that can be seen. */
const spoiled = (html) => html.replace(/background(-color)?:\s*#1e3650[^;"]*/g, "");

const pairs = JSON.parse(readFileSync(process.argv[2], "utf8"));
const failures = [];

const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--force-color-profile=srgb"],
    env: { ...process.env, FONTCONFIG_FILE: fontconfig },
});

for (const { name, source, stored, cleaned } of pairs) {
    const unlike = outlookDifference(source, stored, cleaned);
    if (unlike) {
        failures.push(`${name}: Outlook reads it differently: ${unlike}`);
    }
}

// A mail that is stored as it came looks as it did.
const changed = pairs.filter(({ source, stored }) => source !== stored);
const alike = (name) => (share) => {
    if (share > MAX_DIFFERENCE) {
        failures.push(`${name}: ${(share * 100).toFixed(2)} % of the pixels differ`);
    }
};

// Counter-tests: the comparisons see a style and an image that are missing, and a link.
const sample = pairs.find(({ source }) => spoiled(source) !== source).source;
const pictured = pairs.find(({ source }) => source.includes("/hero.png\" width")).source;
const unlike = (failure) => (share) => {
    if (share <= MAX_DIFFERENCE) {
        failures.push(failure);
    }
};

const comparisons = [
    ...changed.map(({ name, source, stored }) => [source, stored, alike(name)]),
    [sample, spoiled(sample), unlike("A mail without one of its styles looks as it did: the comparison sees nothing.")],
    [pictured, pictured.replace("/hero.png\" width", "/other.png\" width"), unlike("A mail with another image looks as it did: images are not loaded.")],
];

/** Makes the comparisons that are left, one after the other, in a page of its own. */
async function compare() {
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await page.route("**/*", answer);
    for (let next = comparisons.shift(); next; next = comparisons.shift()) {
        const [one, other, judge] = next;
        judge(await difference(page, one, other));
    }
}
await Promise.all(Array.from({ length: PAGES }, compare));

if (!outlookDifference(sample, sample.replace(/<a /, "<b "), [])) {
    failures.push("A mail without its link is read as it was: the comparison with Outlook sees nothing.");
}

await browser.close();
rmSync(fonts, { recursive: true });
console.log(`${pairs.length} mails are read alike in Outlook; ${changed.length} of them were cleaned, and compared in Chromium`);
failures.forEach((failure) => console.log(`FAILED ${failure}`));
process.exitCode = failures.length === 0 ? 0 : 1;
