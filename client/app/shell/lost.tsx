// An address that leads nowhere.
import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { Empty } from '../../kit/empty';

export function Lost() {
  return (
    <main className="h-full">
      <Empty
        icon={<Compass size={20} aria-hidden />}
        title="There is nothing at this address"
        action={
          <Link to="/" className="font-[550] text-accent-ink underline underline-offset-2">
            Go to your workspaces
          </Link>
        }
      />
    </main>
  );
}
