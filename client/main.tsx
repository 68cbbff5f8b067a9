// Starts the interface, which start.ts fetches. It needs neither the database nor the network.
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Toaster } from 'sonner';
import { CrashScreen } from './app/crash';
import { features } from './app/features';
import { router } from './app/routes';
import { useTheme } from './app/theme';
import { registerServiceWorker } from './app/update';
import { FeaturesProvider } from './kit/feature';
import { fetchWhatIsLater } from './kit/later';
import { TooltipProvider } from './kit/tooltip';

function App() {
  const theme = useTheme();
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

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
registerServiceWorker();
void fetchWhatIsLater();
