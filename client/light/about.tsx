// What light mode is, what it cannot do, why it was opened, and the way back to the full app.
import { useState } from 'react';
import { api } from '../account/api';
import { forgetSession } from '../account/session';
import { LightPage, Notice, PlainButton } from '../kit/light';
import { chooseMode, type LightReason, lightReason } from '../start/mode';
import { useLightPlace, useLightStatus } from '../sync/light/react';
import { waitingInDatabase } from '../sync/light/waiting';

const reasons: Readonly<Record<LightReason, string>> = {
  asked: 'It was opened because its address asks for it.',
  chosen: 'It was opened because you chose it in the settings.',
  'no-engine': 'It was opened because this browser cannot run the full app.',
  'little-memory': 'It was opened because this device has little memory.',
  failed: 'It was opened because the database on this device did not start, several times in a row.',
};

const cannot = [
  'search, the palette, the board with drag and drop, and the Inbox',
  'edit pages; it shows their words only, without headings, tables or images',
  'move or cancel bookings, or say before saving whether a booking clashes',
  'move stock, import, export, or change members and settings',
  'show what it has not shown before while there is no network',
];

export function Waiting({ userId }: { userId: string }) {
  const count = waitingInDatabase(userId);
  if (count === 0) return null;
  return (
    <Notice tone="warn">
      The full app on this device has {count === 1 ? 'one change' : `${count} changes`} that{' '}
      {count === 1 ? 'is' : 'are'} not on the server yet. Light mode cannot read or send{' '}
      {count === 1 ? 'it' : 'them'}; nothing is lost, and the full app sends {count === 1 ? 'it' : 'them'}{' '}
      when it is opened here again.
    </Notice>
  );
}

/** Opens the full app, now and from now on. */
export function openFullApp(): void {
  chooseMode('full');
  location.assign('/');
}

export function About() {
  const { userId, store } = useLightPlace();
  const waiting = useLightStatus(store).state?.waiting.length ?? 0;
  const reason = lightReason({ pathname: '/', search: '' });
  const [busy, setBusy] = useState(false);
  const signOut = async () => {
    setBusy(true);
    // Without a network the session ends on this device; the server's ends by itself.
    await api.signOut().catch(() => {});
    forgetSession();
    location.replace('/sign-in?next=/light.html');
  };
  return (
    <LightPage title="Light mode">
      <p>
        Light mode shows one page at a time as the server has it, and keeps the last ones for when there is no
        network. What you write is stored on this device first and sent when it can be, like in the full app.{' '}
        {reason ? reasons[reason] : ''}
      </p>
      <Waiting userId={userId} />
      <section aria-label="What it cannot do">
        <h2 className="mb-1 text-sm font-[600]">What it cannot do</h2>
        <ul className="list-disc pl-5">
          {cannot.map((what) => (
            <li key={what}>{what}</li>
          ))}
        </ul>
      </section>
      <section aria-label="The way back">
        <h2 className="mb-1 text-sm font-[600]">The way back</h2>
        <p className="mb-2">
          {reason === 'no-engine'
            ? 'This browser cannot run the full app. A newer one can.'
            : 'The full app sends what is not sent yet. If its database does not start, light mode is opened again.'}
        </p>
        {reason === 'no-engine' ? null : (
          <PlainButton variant="primary" onClick={openFullApp}>
            Open the full app
          </PlainButton>
        )}
      </section>
      <section aria-label="Sign out">
        <h2 className="mb-1 text-sm font-[600]">Sign out</h2>
        <p className="mb-2">
          What is kept on this device stays here.
          {waiting > 0
            ? ` ${waiting === 1 ? 'One change is' : `${waiting} changes are`} not sent yet; that is done when you sign in here again.`
            : ''}{' '}
          To remove your data from this device, sign out in the full app.
        </p>
        <PlainButton disabled={busy} onClick={() => void signOut()}>
          Sign out
        </PlainButton>
      </section>
    </LightPage>
  );
}
