// The button at the head of every page that opens the sidebar on phones.
import { Menu } from 'lucide-react';
import { IconButton } from '../../kit/button';
import { useSidebar } from './sidebar-state';

export function MenuButton() {
  const { setDrawer } = useSidebar();
  return (
    <IconButton label="Open menu" className="md:hidden" onClick={() => setDrawer(true)}>
      <Menu size={16} aria-hidden />
    </IconButton>
  );
}
