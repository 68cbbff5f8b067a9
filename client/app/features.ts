// The features of this app. Whatever a feature shows in the app it says in its description; the app reads this list. A
// new feature is one line here. The order is that of sections in the sidebar, and of what else says no order itself.
import { account } from '../account/feature';
import { booking } from '../booking/feature';
import { page } from '../page/feature';
import { search } from '../search/feature';
import { stock } from '../stock/feature';
import { task } from '../task/feature';
import { diagnostics } from './diagnostics/feature';
import { inboxWith } from './inbox/feature';
import { settingsWith } from './settings/feature';
import { shell } from './shell/feature';

const rooms = [task, search, booking, stock, page, account, shell, diagnostics] as const;

/** With the two pages that are made of parts of all of them. */
export const features = [...rooms, inboxWith(rooms), settingsWith(rooms)] as const;
