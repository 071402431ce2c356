/*
 * The manuscript editor in Chromium under the office's policy:
 * node editor.mjs PAGES STATIC.  PAGES holds edit.zh-CN.html of the preview.
 *
 * Paste from Word and WPS, a .docx, official layout, findings, autosave.  With
 * ../shared beside the project its real pasted fragments and .docx files run too.
 */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, newPage, serveFolders } from './harness.mjs';
import { zip } from './zip.mjs';

const [pages, statics] = process.argv.slice(2).map((path) => resolve(path));
const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const png = '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944' +
  '4154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082';

const word = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--
p.MsoNormal{margin:0cm;font-family:仿宋}--></style></head><body lang=ZH-CN><!--StartFragment-->
<p class=MsoNormal align=center style='text-align:center'><b><span style='font-size:22.0pt'>关于印发办法的通知<o:p></o:p></span></b></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>一、<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]><span>总体要求</span></p>
<table class=MsoTableGrid border=1 style='border:none'><tr><td colspan=2 width=189 style='width:141.8pt'><p class=MsoNormal>指标<o:p></o:p></p></td><td rowspan=2><p class=MsoNormal>备注</p></td></tr><tr><td><p class=MsoNormal>增加值</p></td><td><p class=MsoNormal>6.1%</p></td></tr></table>
<p class=MsoNormal><!--[if gte vml 1]><v:shape id="a"><v:imagedata src="file:///C:/1.png"/></v:shape><![endif]--><![if !vml]><img width=10 src="file:///C:/1.png" v:shapes="a"><![endif]></p>
<p class=MsoNormal style='text-indent:32.0pt'>　　正文<span style='color:red'>末句</span><span class=MsoCommentReference><a class=msocomanchor href="#_msocom_1">[A1]</a></span><del>删去</del></p><!--EndFragment--></body></html>`;
const rtf = `{\\rtf1{\\*\\shppict{\\pict{\\*\\picprop}\\picw1\\pngblip{\\*\\blipuid 00}${png}}}` +
  '{\\nonshppict{\\pict\\wmetafile8 0100}}}';

const docx = zip({
  '[Content_Types].xml': '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
  '_rels/.rels': '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
  'word/_rels/document.xml.rels': '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/1.png"/></Relationships>',
  'word/media/1.png': Buffer.from(png, 'hex'),
  'word/document.xml': `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body><w:p><w:r><w:t>　　导入的正文</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="r2"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p></w:body></w:document>`,
});

let sent = 0;
let saves = [];
const answers = {
  '/files': (request, response) => {
    sent += 1;
    request.resume();
    response.writeHead(201, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ src: `/files/picture-${sent}.png`, said: '已去除拍摄地点。' }));
  },
  '/files/convert': (request, response) => {
    let body = Buffer.alloc(0);
    request.on('data', (piece) => { body = Buffer.concat([body, piece]); });
    request.on('end', () => {
      const readable = body.includes('name="csrf"') && body.includes('filename="a.doc"');
      response.writeHead(readable ? 200 : 422,
        { 'Content-Type': readable ? 'application/octet-stream' : 'application/json' });
      response.end(readable ? docx : JSON.stringify({ sentence: '请另存为 .docx 再用。' }));
    });
  },
  '/files/picture-1.png': (_, response) => response.end(Buffer.from(png, 'hex')),
  '/manuscripts/0AB3/autosave': (request, response) => {
    let body = '';
    request.on('data', (piece) => { body += piece; });
    request.on('end', () => {
      saves.push(new URLSearchParams(body));
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
      response.end('<span id="saved" data-version="8">14:06 已存</span>' +
        '<div id="findings"><p>没有发现问题。</p></div>');
    });
  },
};
for (let number = 2; number < 400; number += 1) {
  answers[`/files/picture-${number}.png`] = answers['/files/picture-1.png'];
}

const server = await serveFolders({ '/static/': statics, '/': pages }, answers);
const browser = await launch();
let passed = 0;

async function test(name, run) {
  const page = await newPage(browser);
  await page.clock.install();
  await page.goto(`${server.address}/edit.zh-CN.html`);
  await page.waitForFunction('window.shenfaEditor');
  sent = 0;
  saves = [];
  await run(page);
  assert.deepEqual(page.complaints, [], name);
  await page.context().close();
  passed += 1;
  console.log(`passed: ${name}`);
}

const html = (page) => page.evaluate(() => window.shenfaEditor.getHTML());
const empty = (page) => page.evaluate(() => {
  window.shenfaEditor.commands.clearContent(true);
  window.shenfaEditor.commands.focus();
});

async function paste(page, parts) {
  await page.evaluate((given) => {
    const data = new DataTransfer();
    Object.entries(given).forEach(([kind, text]) => data.setData(kind, text));
    document.getElementById('body-editor').dispatchEvent(new ClipboardEvent('paste',
      { clipboardData: data, bubbles: true, cancelable: true }));
  }, parts);
}

await test('a Word paste keeps table, picture and typed numbers, and says what it dropped',
  async (page) => {
    await empty(page);
    await paste(page, { 'text/html': word, 'text/rtf': rtf, 'text/plain': 'x' });
    await page.waitForFunction(() => window.shenfaEditor.getHTML().includes('<img'));
    const kept = await html(page);
    assert.match(kept, /<p class="centre"><strong>关于印发办法的通知<\/strong><\/p>/);
    assert.match(kept, /<p>一、总体要求<\/p>/);
    assert.match(kept, /<td colspan="2"><p>指标<\/p><\/td><td rowspan="2"><p>备注<\/p><\/td>/);
    assert.match(kept, /<img src="\/files\/picture-1.png" width="10">/);
    assert.match(kept, /<p>正文末句<\/p>/);
    assert.doesNotMatch(kept, /style=|msocom|删去/);
    assert.equal(await page.locator('#dropped summary').innerText(), '粘贴时未保留 2 处');
  });

await test('a picture asks for its alternative text, and has none until it is given',
  async (page) => {
    await empty(page);
    await page.locator('[data-choose="picture"]').setInputFiles({ name: 'a.png',
      mimeType: 'image/png', buffer: Buffer.from(png, 'hex') });
    await page.waitForFunction(() => window.shenfaEditor.getHTML().includes('<img'));
    assert.match(await html(page), /<img src="\/files\/picture-1.png">/);
    assert.equal(await page.locator('#editor-said').innerText(), '已去除拍摄地点。');
    await page.locator('#body-editor img[src]').click();
    await page.locator('#picture-words').fill('增速折线图');
    await page.locator('#f-title').focus();
    assert.match(await html(page), /alt="增速折线图"/);
  });

await test('a picture that is not on the clipboard is counted, not shown broken', async (page) => {
  await empty(page);
  await paste(page, { 'text/html': '<p>图</p><img src="https://example.org/a.png">' });
  await page.waitForFunction(() => window.shenfaEditor.getText().includes('图'));
  assert.doesNotMatch(await html(page), /<img/);
  assert.equal(await page.locator('#dropped summary').innerText(), '粘贴时未保留 1 处');
});

await test('a docx comes in whole: text, table and picture', async (page) => {
  await empty(page);
  await page.locator('[data-choose="docx"]').setInputFiles({ name: 'a.docx',
    mimeType: 'application/octet-stream', buffer: docx });
  await page.waitForFunction(() => window.shenfaEditor.getHTML().includes('<img'));
  const kept = await html(page);
  assert.match(kept, /<p>导入的正文<\/p>/);
  assert.equal((kept.match(/<td/g) ?? []).length, 4);
  assert.equal(sent, 1);
});

await test('a doc comes in by way of the server; its refusal is shown', async (page) => {
  await empty(page);
  const choose = (name) => page.locator('[data-choose="docx"]').setInputFiles({ name,
    mimeType: 'application/octet-stream', buffer: Buffer.from('older') });
  await choose('a.doc');
  await page.waitForFunction(() => window.shenfaEditor.getHTML().includes('导入的正文'));
  await empty(page);
  await choose('b.wps');
  await page.waitForFunction(() => document.getElementById('said').textContent === '请另存为 .docx 再用。');
  assert.doesNotMatch(await html(page), /导入/);
  page.complaints.splice(0); /* the 422 that was asked for */
});

await test('official layout marks levels, addressees, signature and date in one undoable step',
  async (page) => {
    const before = '<p>示统字〔2026〕12号</p><p>各县区统计局：</p><p>　　为加强管理，现将办法印发。</p>' +
      '<p>一、总体要求</p><p>（一）目标</p><p>1.近期</p><p></p><p>示范市统计局</p><p>2026年11月30日</p>';
    await page.evaluate((text) => window.shenfaEditor.commands.setContent(text), before);
    await page.locator('[data-do="official"]').click();
    assert.equal(await html(page), '<p class="docnum">示统字〔2026〕12号</p>' +
      '<p class="no-indent">各县区统计局：</p><p>为加强管理，现将办法印发。</p><h2>一、总体要求</h2>' +
      '<h3>（一）目标</h3><h4>1.近期</h4><p class="signature">示范市统计局</p>' +
      '<p class="date">2026年11月30日</p>');
    await page.locator('[data-do="undo"]').click();
    assert.equal(await html(page), before);
  });

await test('a level button numbers the heading after those before it', async (page) => {
  await page.evaluate(() => {
    window.shenfaEditor.commands.setContent('<h2>一、甲</h2><p>乙</p>');
    window.shenfaEditor.commands.focus('end');
  });
  await page.locator('[data-do="level-2"]').click();
  assert.equal(await html(page), '<h2>一、甲</h2><h2>二、乙</h2>');
});

await test('findings are marked in the text; a remedy is one step that can be undone',
  async (page) => {
    assert.equal(await page.locator('.mark-must').innerText(), '45020219900101123X');
    assert.equal(await page.locator('#body-editor .mark-number').count(), 3);
    await page.locator('[data-find="3"]').click();
    assert.equal(await page.evaluate(() => getSelection().toString()), '审柱');
    await page.locator('[data-remedy="1"]').click();
    assert.match(await html(page), /4502\*{10}123X/);
    assert.match(await page.locator('#findings').getAttribute('class'), /checking/);
    await page.locator('[data-do="undo"]').click();
    assert.match(await html(page), /45020219900101123X/);
  });

await test('what is typed is saved three seconds later, and at once with Ctrl+S', async (page) => {
  await page.locator('#body-editor p').first().click();
  await page.keyboard.press('End');
  await page.keyboard.type('新增一句。');
  await page.clock.runFor(2500);
  assert.equal(saves.length, 0);
  await page.clock.runFor(3500);
  await page.waitForFunction(() => document.getElementById('saved').textContent === '14:06 已存');
  assert.equal(saves.length, 1);
  assert.match(saves[0].get('body'), /新增一句。/);
  assert.equal(saves[0].get('version'), '7');
  assert.match(await page.locator('#findings').innerText(), /没有发现问题/);
  await page.keyboard.type('再一句');
  const second = page.waitForResponse(/autosave/);
  await page.keyboard.press('Control+s');
  await second;
  assert.match(saves[1].get('body'), /再一句/);
  assert.equal(saves[1].get('version'), '8');
});

await test('without scripts the text stays in a plain field that can be posted', async () => {
  const page = await newPage(browser, { javaScriptEnabled: false });
  await page.goto(`${server.address}/edit.zh-CN.html`);
  assert.ok(await page.locator('textarea[name="body"]').isVisible());
  assert.ok(await page.locator('[data-editor-bar]').isHidden());
  await page.context().close();
});

if (existsSync(shared)) {
  const fragments = readFileSync(join(shared, 'html/wordpaste_fragments.jsonl'), 'utf8').trim()
    .split('\n').map((line) => JSON.parse(line));
  await test(`${fragments.length} real pasted fragments keep their words and cells`, async (page) => {
    for (const { id, html: given } of fragments) {
      await empty(page);
      await paste(page, { 'text/html': given });
      await page.clock.runFor(50);
      await page.waitForFunction(() => window.shenfaEditor.getText().trim() !== '');
      const lost = await page.evaluate((text) => {
        const plain = (node) => node.textContent.replace(/[\s\u00a0\u2002-\u200b\u3000]/g, '');
        const source = new DOMParser().parseFromString(text.replace(/\sstyle\s*=/gi, ' data-css='),
          'text/html');
        source.querySelectorAll('style, script, title').forEach((node) => node.remove());
        const kept = new DOMParser().parseFromString(window.shenfaEditor.getHTML(), 'text/html');
        const cells = (page_) => page_.querySelectorAll('td, th').length;
        return { words: plain(source.body).length - plain(kept.body).length,
          cells: cells(source) - cells(kept) };
      }, given);
      assert.equal(lost.words, 0, `${id} lost words`);
      assert.ok(lost.cells <= 0, `${id} lost cells`);
    }
  });
}
await browser.close();
server.close();
console.log(`${passed} passed, 0 failed`);
