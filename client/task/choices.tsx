// What the fields of a task can be, as choices for pickers and the palette.

import { useMemo } from 'react';
import { useWorkspace } from '../account';
import { Avatar } from '../kit/avatar';
import { ColorDot } from '../kit/color-dot';
import type { Choice } from '../kit/picker';
import { priorityNames, statuses, statusNames } from './facts';
import { PriorityIcon, StatusIcon } from './icons';
import { useLabels, useProjects } from './project-data';

export const statusChoices: Choice[] = statuses.map((value) => ({
  value,
  label: statusNames[value],
  icon: <StatusIcon status={value} />,
}));

export const priorityChoices: Choice[] = priorityNames.map((label, i) => ({
  value: String(i),
  label,
  icon: <PriorityIcon priority={i} />,
  keys: String(i),
}));

export const nobody = 'none';

export function useAssigneeChoices(): Choice[] {
  const { members } = useWorkspace();
  return useMemo(
    () => [
      { value: nobody, label: 'Nobody', icon: <Avatar name={null} size={18} /> },
      ...members.map((member) => ({
        value: member.id,
        label: member.name,
        icon: <Avatar name={member.name} size={18} />,
        keywords: [member.email],
      })),
    ],
    [members],
  );
}

export function useLabelChoices(): Choice[] {
  const { labels } = useLabels();
  return useMemo(
    () =>
      labels.map((label) => ({ value: label.id, label: label.name, icon: <ColorDot color={label.color} /> })),
    [labels],
  );
}

export function useProjectChoices(): Choice[] {
  const projects = useProjects();
  return useMemo(
    () =>
      (projects ?? [])
        .filter((project) => !project.archived)
        .map((project) => ({ value: project.id, label: project.name, keywords: [project.key] })),
    [projects],
  );
}
