// Names of files in archives that do not say how their letters are written: which code page makes words of the bytes.
// Old programs wrote names in the code page of the computer they ran on, so all names of an archive share one.

type Family = 'western' | 'central' | 'turkish' | 'cyrillic' | 'greek' | 'japanese' | 'chinese' | 'korean';

export interface CodePage {
  /** For a person. */
  readonly name: string;
  readonly family: Family;
  /** What a browser knows, or the letters of the bytes from 0x80 on; a space: none. */
  readonly letters: { readonly label: string } | { readonly table: string };
}

const lines = '░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀';
const cp437 = `ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»${lines}αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ `;
const cp850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´ ±‗¾¶§÷¸°¨·¹³²■ ';
const cp852 =
  'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´ ˝˛ˇ˘§÷¸°¨˙űŘř■ ';
const cp857 =
  'ÇüéâäàåçêëèïîıÄÅÉæÆôöòûùİÖÜø£ØŞşáíóúñÑĞğ¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ºªÊËÈ ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµ ×ÚÛÙìÿ¯´ ± ¾¶§÷¸°¨·¹³²■ ';
const cp737 = `ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψ${lines}ωάέήϊίόύϋώΆΈΉΊΌΎΏ±≥≤ΪΫ÷≈°∙·√ⁿ²■ `;

export const codePages: readonly CodePage[] = [
  { name: 'Western European (CP850)', family: 'western', letters: { table: cp850 } },
  { name: 'Western European (CP437)', family: 'western', letters: { table: cp437 } },
  { name: 'Western European (Windows-1252)', family: 'western', letters: { label: 'windows-1252' } },
  { name: 'Central European (CP852)', family: 'central', letters: { table: cp852 } },
  { name: 'Central European (Windows-1250)', family: 'central', letters: { label: 'windows-1250' } },
  { name: 'Turkish (CP857)', family: 'turkish', letters: { table: cp857 } },
  { name: 'Turkish (Windows-1254)', family: 'turkish', letters: { label: 'windows-1254' } },
  { name: 'Cyrillic (CP866)', family: 'cyrillic', letters: { label: 'ibm866' } },
  { name: 'Cyrillic (Windows-1251)', family: 'cyrillic', letters: { label: 'windows-1251' } },
  { name: 'Cyrillic (KOI8-R)', family: 'cyrillic', letters: { label: 'koi8-r' } },
  { name: 'Greek (CP737)', family: 'greek', letters: { table: cp737 } },
  { name: 'Greek (Windows-1253)', family: 'greek', letters: { label: 'windows-1253' } },
  { name: 'Japanese (Shift JIS)', family: 'japanese', letters: { label: 'shift_jis' } },
  { name: 'Chinese (GBK)', family: 'chinese', letters: { label: 'gbk' } },
  { name: 'Chinese (Big5)', family: 'chinese', letters: { label: 'big5' } },
  { name: 'Korean (EUC-KR)', family: 'korean', letters: { label: 'euc-kr' } },
];

/** Letters of each family beyond ASCII: those that are common, and others that occur. */
const common: Readonly<Record<Family, string>> = {
  western: 'éèàäöüçñáíóúåãêôâøæ',
  central: 'áéíóýčěřšžůąćęłńśźżőöüäăț',
  turkish: 'çğışöü',
  cyrillic: 'аеиоунтсрвлкмдпягызьбчйжхюцщё',
  greek: 'αειοηυωντσςρκπλμδγθφχβξζψάέήίόύώ',
  japanese:
    '日本語一年月会議事業計画報告書資料設定新版作成管理開発東京社内用件名前後上下中大小人間時分地国出入手見学生会社表図写真原稿案最終',
  chinese:
    '的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笔记计划会议项目文档图片資料會議專案文件計畫圖檔記錄說這個來國時們對後學開發實點經現將與進電長門問間',
  korean:
    '이다의는에가을하고지사도한로기대인리아어자시서정해일수있나라그스보들적제여부으소주과구전것장원상만트비성동오국거조공신안유게마내용중미세위요연경문화생모우실무관계회의록개발자료프로젝트새폴더업울획진날짜정메모말씀녕하세요번호음식행학교수제목록표준최종본파일그림영악책방법설명질문답변결분석출휴가급계약견납품글쓰기열려읽웹앱팀',
};
const others: Readonly<Partial<Record<Family, string>>> = {
  western: 'ßõîëïìòùûœÿýðþ',
  central: 'úďťňľĺŕëçşţđűâîșô',
  turkish: 'âîûéá',
  cyrillic: 'эшфъіїєґўљњћђџјѓќ',
  greek: 'ϊϋΐΰ',
};
const commonOf = Object.fromEntries(
  Object.entries(common).map(([family, letters]) => [family, new Set(letters)]),
) as Record<Family, Set<string>>;

/** Signs that names have; between letters only some do. */
const usual = /[«»„“”‘’‚–—…°§№·•（）「」『』【】、。・ー～！？：，；《》　]/u;
const isLower = (sign: string) => /\p{Ll}/u.test(sign);
const isUpper = (sign: string) => /\p{Lu}/u.test(sign);

/** How likely a name is in a language of the family, by sign beyond ASCII; below zero: not at all. */
function plausible(family: Family, sign: string, before: string, after: string): number {
  const lower = sign.toLowerCase();
  if (sign === '\ufffd' || /[\u0080-\u009f]/.test(sign)) return -8;
  if (!/\p{L}|\p{M}/u.test(sign)) {
    const isWithin = /\p{L}/u.test(before) && /\p{L}/u.test(after);
    if (usual.test(sign)) return isWithin && !/[’·・ー、–—「」]/u.test(sign) ? -3 : 0.2;
    return /[\u2500-\u259f]/.test(sign) ? -6 : isWithin ? -5 : -3;
  }
  if (family === 'japanese' || family === 'chinese' || family === 'korean') {
    if (/[\uff61-\uff9f]/.test(sign)) return -1;
    if (/[\u3040-\u30ff]/.test(sign)) return family === 'japanese' ? 2.6 : -2;
    if (/[\uac00-\ud7a3]/.test(sign)) return commonOf.korean.has(sign) ? 2.4 : 1.4;
    if (/\p{Script=Han}/u.test(sign)) {
      if (commonOf[family].has(sign)) return 2.4;
      // Next to a Latin letter it is seldom meant.
      const isBeside = /[a-z]/.test(before) || /[a-z]/.test(after);
      return (family === 'korean' ? -1.5 : 0.4) - (isBeside ? 1.5 : 0);
    }
    return /[\uff01-\uff5e]/.test(sign) ? -0.5 : -3;
  }
  const isMixed =
    (family === 'cyrillic' || family === 'greek') && (/[a-z]/i.test(before) || /[a-z]/i.test(after));
  const isCaseWrong =
    (isUpper(sign) && (isLower(before) || (/\p{L}/u.test(before) && isLower(after)))) ||
    (isLower(sign) && /[A-Z]/.test(after));
  const known = commonOf[family].has(lower) ? 2 : others[family]?.includes(lower) ? 0.8 : -3;
  return known - (isMixed ? 3 : 0) - (isCaseWrong ? 4 : 0) - (isUpper(sign) ? 0.2 : 0);
}

export function decode({ letters }: CodePage, bytes: Uint8Array): string {
  if ('label' in letters) return new TextDecoder(letters.label).decode(bytes);
  return Array.from(bytes, (byte) => {
    if (byte < 0x80) return String.fromCharCode(byte);
    const sign = letters.table[byte - 0x80];
    return sign === ' ' || sign === undefined ? '\ufffd' : sign;
  }).join('');
}

/** GBK and Big5 put their common signs first; the bytes say which those are. */
function rank(page: CodePage, bytes: Uint8Array): number {
  if (page.family !== 'chinese' || !('label' in page.letters)) return 0;
  const isGbk = page.letters.label === 'gbk';
  let sum = 0;
  for (let i = 0; i + 1 < bytes.length; i++) {
    const [lead, trail] = [bytes[i]!, bytes[i + 1]!];
    if (lead < 0x81) continue;
    const isFirst = isGbk ? lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1 : lead >= 0xa4 && lead <= 0xc6;
    sum += isFirst ? 0.6 : -1.2;
    i++;
  }
  return sum;
}

/** So many say as much as all. */
const mostNames = 300;

/**
 * @param all the bytes of names that are not all ASCII and not UTF-8
 * @param used letters beyond ASCII that the texts beside them use: names of files share them
 * @returns the page that makes the best words of all of them
 */
function bestPage(all: readonly Uint8Array[], used: ReadonlySet<string>): CodePage {
  const step = Math.ceil(all.length / mostNames);
  const names = all.filter((_, i) => i % step === 0);
  let best: { page: CodePage; score: number } | null = null;
  for (const page of codePages) {
    let score = 0;
    for (const bytes of names) {
      const signs = [...decode(page, bytes).normalize('NFC')];
      const foreign = bytes.reduce((count, byte) => (byte >= 0x80 ? count + 1 : count), 0);
      let sum = rank(page, bytes);
      let counted = 0;
      for (const [i, sign] of signs.entries()) {
        if (sign < '\u0080') continue;
        counted++;
        sum += plausible(page.family, sign, signs[i - 1] ?? ' ', signs[i + 1] ?? ' ');
        if (used.has(sign.toLowerCase())) sum += 3;
      }
      score += (sum / Math.max(counted, 1)) * foreign;
    }
    if (!best || score > best.score) best = { page, score };
  }
  return best?.page ?? codePages[0]!;
}

/** @returns a name for each, in the same order, and the page it was read by */
export function guessNames(
  names: readonly Uint8Array[],
  used: ReadonlySet<string>,
): { name: string; page: string }[] {
  const shared = bestPage(names, used);
  return names.map((bytes) => {
    const name = decode(shared, bytes);
    if (!name.includes('\ufffd')) return { name, page: shared.name };
    // It comes from elsewhere than the others.
    const own = bestPage([bytes], used);
    return { name: decode(own, bytes), page: own.name };
  });
}
