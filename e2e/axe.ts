// What axe finds wrong with the screen that is shown.
import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import type { App } from './app';

/** @returns one line for each element that axe finds seriously or critically wrong, in light and in dark. */
export async function serious(app: App, screen: string): Promise<string[]> {
  const findings: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await app.page.emulateMedia({ colorScheme });
    findings.push(...(await seriousNow(app, `${screen}, ${colorScheme}`)));
  }
  return findings;
}

async function seriousNow(app: App, screen: string): Promise<string[]> {
  // Colours on their way from one value to another are nobody's contrast.
  await app.page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished.catch(() => {})),
    ),
  );
  // The same rules at a third of the CPU: what is wrong is told in full, of what is right only that it is; and in the page
  // itself, because the app has no frames whose results a second page would have to put together.
  expect(app.page.frames()).toHaveLength(1);
  const { violations } = await new AxeBuilder({ page: app.page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${screen}: ${id}: ${node.html.slice(0, 160)}`));
}
