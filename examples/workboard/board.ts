import { createHash } from 'node:crypto';

/** The work of everyone, in memory: each user finds a few projects of their own on the first visit. */

export interface Project {
  ID: string;
  objCode: 'PROJ';
  name: string;
  status: 'CUR' | 'PLN' | 'CPL';
  percentComplete: number;
  plannedCompletionDate: string;
  ownerID: string;
}

export interface Task {
  ID: string;
  objCode: 'TASK';
  name: string;
  status: 'NEW' | 'INP' | 'CPL';
  projectID: string;
  assignedToID: string;
}

const samples: { project: Pick<Project, 'name' | 'status' | 'plannedCompletionDate'>; tasks: string[] }[] = [
  {
    project: { name: 'Spring campaign', status: 'CUR', plannedCompletionDate: '2027-03-20' },
    tasks: ['Write the brief', 'Choose the photographs', 'Book the print shop'],
  },
  {
    project: { name: 'New website', status: 'CUR', plannedCompletionDate: '2027-06-01' },
    tasks: ['Interview five customers', 'Draw the first page'],
  },
  {
    project: { name: 'Trade fair', status: 'PLN', plannedCompletionDate: '2027-09-12' },
    tasks: ['Reserve the stand'],
  },
];

const boards = new Map<string, { projects: Project[]; tasks: Task[] }>();

/** The projects and tasks of a user; `userId` is the `sub` of their access token. */
export function boardOf(userId: string): { projects: Project[]; tasks: Task[] } {
  let board = boards.get(userId);
  if (!board) {
    board = sampleBoard(userId);
    boards.set(userId, board);
  }
  return board;
}

function sampleBoard(userId: string) {
  // Made from the user's ID, so that a project keeps its ID when the program starts again.
  const id = (what: string) => createHash('sha256').update(`${userId}/${what}`).digest('hex').slice(0, 32);
  const projects: Project[] = [];
  const tasks: Task[] = [];
  for (const sample of samples) {
    const projectID = id(sample.project.name);
    const done = sample.project.status === 'PLN' ? 0 : 1;
    projects.push({
      ID: projectID,
      objCode: 'PROJ',
      ...sample.project,
      percentComplete: Math.round((100 * done) / sample.tasks.length),
      ownerID: userId,
    });
    for (const [index, name] of sample.tasks.entries())
      tasks.push({
        ID: id(`${sample.project.name}/${name}`),
        objCode: 'TASK',
        name,
        status: index < done ? 'CPL' : 'NEW',
        projectID,
        assignedToID: userId,
      });
  }
  return { projects, tasks };
}
