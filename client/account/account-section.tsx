// The account in the settings: who is signed in, the password, signing out.
import { Button } from '../kit/button';
import { useOverlays } from '../kit/overlays';
import { Row, Section } from '../kit/page-frame';
import { useStatus } from '../sync/react/store-context';
import { ChangePassword } from './change-password';
import { signIn, signOut } from './overlays';
import { useSession } from './session';

export function AccountSection() {
  const session = useSession();
  const status = useStatus();
  const { show } = useOverlays();
  return (
    <Section title="Account">
      <Row label="Name">{session?.user.name}</Row>
      <Row label="E-mail">
        <span className="truncate">{session?.user.email}</span>
      </Row>
      <Row label="Password">
        <ChangePassword />
      </Row>
      <Row
        label={status.session === 'expired' ? 'Your session has ended; you can go on working' : 'Signed in'}
      >
        {status.session === 'expired' ? (
          <Button size="sm" variant="primary" onClick={() => show(signIn)}>
            Sign in again
          </Button>
        ) : null}
        <Button size="sm" onClick={() => show(signOut)}>
          Sign out
        </Button>
      </Row>
    </Section>
  );
}
