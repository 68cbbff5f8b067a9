// Pasting from other programs, as a clipboard gives it to the browser.
import { newPage, text } from './page';
import { makeTeam } from './team';
import { expect, test } from './test';

const word = (level: number, sign: string, words: string) =>
  `<p class=MsoListParagraph style='margin-left:${level * 36}.0pt;text-indent:-18.0pt;mso-list:l0 level${level} lfo1'><!--[if !supportLists]--><span style='font-family:Symbol'><span style='mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><!--[endif]-->${words}<o:p></o:p></p>`;

test('D1: a checklist of GitHub, a list of Word and an image in the text arrive, and what cannot is said', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const a = await (await device()).boardOf(team, team.owner);
  await newPage(a, 'Pasted');
  const paste = (html: string) =>
    text(a).evaluate((body, given) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/html', given);
      clipboardData.setData('text/plain', 'plain');
      body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, html);

  await paste(`<meta charset='utf-8'><ul class="contains-task-list">
    <li class="task-list-item"><input type="checkbox" disabled="" class="task-list-item-checkbox" checked=""> Pump tested</li>
    <li class="task-list-item"><input type="checkbox" disabled="" class="task-list-item-checkbox"> Valve tested</li></ul>`);
  const box = (name: string) => text(a).getByRole('checkbox', { name });
  await expect(box('Pump tested')).toBeChecked();
  await expect(box('Valve tested')).not.toBeChecked();

  await a.page.keyboard.press('ControlOrMeta+End');
  await a.page.keyboard.press('Enter');
  await a.page.keyboard.press('Enter');
  await paste(
    `<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><!--StartFragment-->${word(1, '1.', 'Before the trip')}${word(2, '·', 'Fill the tank')}${word(1, '2.', 'After it')}<p class=MsoNormal>Photo: <img width=10 src="file:///C:/Users/a/clip_image001.png"></p><!--EndFragment--></body></html>`,
  );
  await expect(text(a).locator('ol > li')).toHaveCount(2);
  await expect(text(a).locator('ol > li > ul > li')).toHaveText('Fill the tank');
  await expect(
    a.page.getByText('1 image could not be pasted: it is stored on your computer. Put it in as a file.'),
  ).toBeVisible();

  const picture = await a.page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    canvas.getContext('2d')?.fillRect(0, 0, 320, 180);
    return canvas.toDataURL('image/png');
  });
  await paste(`<p>North <img src="${picture}" alt="mast"> side</p>`);
  const shown = text(a).getByRole('img', { name: 'mast' });
  const width = () => shown.evaluate((image) => (image as HTMLImageElement).naturalWidth);
  await expect.poll(width).toBe(320);
  await a.upToDate();
  await a.page.reload();
  await expect.poll(width).toBe(320);
  await expect(box('Pump tested')).toBeChecked();
  await expect(text(a).locator('ol > li > ul > li')).toHaveText('Fill the tank');
  await expect(text(a)).toContainText('North');
});
