// Pictures of every page of pages.json, at three widths, in light and dark, and sheets that show them side by side.
// A word keeps the pages whose names contain it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch } from './browser.mjs';
import { publish } from './frameworks.mjs';
import { open, signIn, start } from './program.mjs';

const WIDTHS = [360, 768, 1440];
const SCHEMES = ['light', 'dark'];
const HEIGHTS = { 360: 740, 768: 1024, 1440: 900 };

const filter = process.argv[2] ?? '';
const folder = process.env.ESPALIER_SHOTS ?? fileURLToPath(new URL('../../shots', import.meta.url));
const pages = JSON.parse(readFileSync(new URL('pages.json', import.meta.url), 'utf8')).filter(({ name }) => name.includes(filter));

mkdirSync(folder, { recursive: true });
const program = await start();
const browser = await launch();
await publish(browser, program);
let failed = 0;
try {
  const taken = [];
  for (const entry of pages) {
    const shots = await take(entry);
    if (shots === null) continue;
    taken.push({ entry, shots });
    await sheet(`sheet-${slug(entry.name)}`, rowsOf(shots), 2_200);
  }
  for (const scheme of SCHEMES) {
    const shots = taken.flatMap(({ shots }) => shots).filter((shot) => shot.scheme === scheme && shot.width === 1440);
    for (const [index, part] of inParts(shots, 12).entries()) await sheet(`all-${scheme}-${index + 1}`, inParts(part, 4), 2_400);
  }
  console.log(`\n${taken.length} pages in ${folder}, ${failed} failed`);
} finally {
  await browser.close();
  await program.stop();
}
process.exitCode = failed > 0 ? 1 : 0;

async function take(entry) {
  const shots = [];
  try {
    const storageState = await signIn(browser, program.base, entry.persona);
    for (const colorScheme of SCHEMES) {
      for (const width of WIDTHS) {
        const viewport = { width, height: HEIGHTS[width] };
        const context = await browser.newContext({ baseURL: program.base, storageState, colorScheme, viewport, reducedMotion: 'reduce' });
        const page = await context.newPage();
        page.setDefaultTimeout(15_000);
        await open(page, entry);
        await page.waitForLoadState('networkidle');
        const file = `${slug(entry.name)}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: join(folder, file), fullPage: true });
        await context.close();
        shots.push({ file, width, scheme: colorScheme, name: entry.name });
      }
    }
    console.log(`ok      ${entry.name}`);
    return shots;
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${entry.name}: ${error.message}`);
    return null;
  }
}

function rowsOf(shots) {
  return SCHEMES.map((scheme) => shots.filter((shot) => shot.scheme === scheme));
}

/** One picture of many: rows of pictures, each as wide as its window was, the whole scaled to fit. */
async function sheet(name, rows, wide) {
  const widest = Math.max(...rows.map((row) => row.reduce((sum, { width }) => sum + width, 0)));
  const scale = Math.min(1, (wide - 120) / widest);
  const figure = ({ file, width, scheme, name }) =>
    `<figure><figcaption>${escape(name)} · ${width} · ${scheme}</figcaption><img src="${escape(file)}" width="${Math.round(width * scale)}"></figure>`;
  const html = `<!doctype html><meta charset="utf-8"><style>
    body { margin: 20px; background: #888; font: 14px sans-serif; color: #fff; width: max-content; }
    div { display: flex; gap: 20px; align-items: start; margin-bottom: 20px; } figure { margin: 0; } figcaption { margin-bottom: 4px; }
    img { display: block; max-height: 1600px; object-fit: cover; object-position: top; }
    </style>${rows.map((row) => `<div>${row.map(figure).join('')}</div>`).join('')}`;
  const file = join(folder, `${name}.html`);
  writeFileSync(file, html);
  const page = await browser.newPage({ viewport: { width: wide, height: 600 } });
  await page.goto(pathToFileURL(file).href);
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  await page.close();
  rmSync(file);
}

function inParts(list, size) {
  const parts = [];
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size));
  return parts;
}

function slug(name) {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
