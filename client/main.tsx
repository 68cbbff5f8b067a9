// Starts the interface, which start.ts fetches. It needs neither the database nor the network.
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { Toaster } from 'sonner';
import { CrashScreen } from './app/crash';
import { features } from './app/features';
import { router } from './app/routes';
import { useTheme } from './app/theme';
import { registerServiceWorker } from './app/update';
import { tellCalm, whenCalm } from './kit/calm';
import { FeaturesProvider } from './kit/feature';
import { fetchWhatIsLater } from './kit/later';
import { TooltipProvider } from './kit/tooltip';
import { giveWayToApp, keepLastViews } from './start/last-view';
import { rememberedPerson } from './start/remembered';

function App() {
  const theme = useTheme();
  useEffect(() => giveWayToApp(root), []);
  return (
    <CrashScreen>
      <TooltipProvider>
        <FeaturesProvider features={features}>
          <RouterProvider router={router} />
        </FeaturesProvider>
        <Toaster
          theme={theme}
          position="bottom-center"
          toastOptions={{
            style: {
              background: 'var(--raised)',
              color: 'var(--ink)',
              border: 0,
              boxShadow: 'var(--shadow-pop)',
              font: 'inherit',
            },
            actionButtonStyle: { background: 'var(--accent)', color: 'var(--on-accent)' },
          }}
        />
      </TooltipProvider>
    </CrashScreen>
  );
}

const root = document.getElementById('root')!;
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
keepLastViews(root, () => rememberedPerson(location.pathname));
// Without a person there is no database to wait for.
if (!rememberedPerson(location.pathname)) tellCalm();
whenCalm(() => {
  registerServiceWorker();
  void fetchWhatIsLater();
});
