import addOptOut from './functions/addOptOut.ts';
import addRecipient from './functions/addRecipient.ts';
import callEvents from './functions/callEvents.ts';
import cancelMedia from './functions/cancelMedia.ts';
import cancelOutage from './functions/cancelOutage.ts';
import checkRecipients from './functions/checkRecipients.ts';
import correctRecipient from './functions/correctRecipient.ts';
import createOutage from './functions/createOutage.ts';
import dashboard from './functions/dashboard.ts';
import dashboardFile from './functions/dashboardFile.ts';
import erasePerson from './functions/erasePerson.ts';
import exportPerson from './functions/exportPerson.ts';
import findOptOut from './functions/findOptOut.ts';
import forgetPeople from './functions/forgetPeople.ts';
import getActivity from './functions/getActivity.ts';
import getCall from './functions/getCall.ts';
import getHealth from './functions/getHealth.ts';
import getOpenApi from './functions/getOpenApi.ts';
import getOutage from './functions/getOutage.ts';
import getOutageCall from './functions/getOutageCall.ts';
import getRejectedRows from './functions/getRejectedRows.ts';
import getReport from './functions/getReport.ts';
import hangUp from './functions/hangUp.ts';
import importRecipients from './functions/importRecipients.ts';
import inviteParticipants from './functions/inviteParticipants.ts';
import joinCall from './functions/joinCall.ts';
import launchOutage from './functions/launchOutage.ts';
import listCalls from './functions/listCalls.ts';
import listOutages from './functions/listOutages.ts';
import listRecipients from './functions/listRecipients.ts';
import notifyOutages from './functions/notifyOutages.ts';
import patchOutage from './functions/patchOutage.ts';
import pauseOutage from './functions/pauseOutage.ts';
import playAudio from './functions/playAudio.ts';
import removeOptOut from './functions/removeOptOut.ts';
import removeParticipant from './functions/removeParticipant.ts';
import removeRecipient from './functions/removeRecipient.ts';
import restoreOutage from './functions/restoreOutage.ts';
import resumeOutage from './functions/resumeOutage.ts';
import reviewOutage from './functions/reviewOutage.ts';
import startCall from './functions/startCall.ts';
import type { AppFunction } from './lib/triggers/functions.ts';

/** Every function of the app, by the name under which Azure knows it. */
export const FUNCTIONS: Readonly<Record<string, AppFunction>> = {
  addRecipient,
  callEvents,
  cancelMedia,
  cancelOutage,
  checkRecipients,
  correctRecipient,
  createOutage,
  dashboard,
  dashboardFile,
  removeOptOut,
  getActivity,
  getCall,
  getHealth,
  getOpenApi,
  erasePerson,
  exportPerson,
  forgetPeople,
  findOptOut,
  getOutage,
  getOutageCall,
  getRejectedRows,
  getReport,
  hangUp,
  importRecipients,
  inviteParticipants,
  joinCall,
  launchOutage,
  listCalls,
  listOutages,
  listRecipients,
  notifyOutages,
  patchOutage,
  pauseOutage,
  playAudio,
  addOptOut,
  removeParticipant,
  removeRecipient,
  restoreOutage,
  reviewOutage,
  resumeOutage,
  startCall,
};
