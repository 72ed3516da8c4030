/// <reference types="@kusto/language-service-next" />
import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';

/** Columns that all tables have. */
const EACH =
  'timestamp: datetime, itemType: string, itemId: string, customDimensions: dynamic, operation_Name: string, operation_Id: string, ' +
  'operation_ParentId: string, operation_SyntheticSource: string, session_Id: string, user_Id: string, ' +
  'user_AuthenticatedId: string, user_AccountId: string, application_Version: string, client_Type: string, ' +
  'client_Model: string, client_OS: string, client_IP: string, client_City: string, client_StateOrProvince: string, ' +
  'client_CountryOrRegion: string, client_Browser: string, cloud_RoleName: string, cloud_RoleInstance: string, ' +
  'appId: string, appName: string, iKey: string, sdkVersion: string';

/** The tables of Application Insights (Microsoft: Migrate to workspace-based Application Insights resources, table schemas). */
const TABLES = {
  requests:
    'id: string, source: string, name: string, url: string, success: string, resultCode: string, duration: real, ' +
    'performanceBucket: string, itemCount: int, customMeasurements: dynamic',
  dependencies:
    'id: string, target: string, type: string, name: string, data: string, success: string, resultCode: string, ' +
    'duration: real, performanceBucket: string, itemCount: int, customMeasurements: dynamic',
  traces: 'message: string, severityLevel: int, itemCount: int, customMeasurements: dynamic',
  exceptions:
    'problemId: string, handledAt: string, type: string, message: string, assembly: string, method: string, ' +
    'outerType: string, outerMessage: string, outerAssembly: string, outerMethod: string, innermostType: string, ' +
    'innermostMessage: string, innermostAssembly: string, innermostMethod: string, severityLevel: int, ' +
    'details: dynamic, itemCount: int, customMeasurements: dynamic',
  customMetrics: 'name: string, value: real, valueCount: int, valueSum: real, valueMin: real, valueMax: real',
};

const { Language } = Kusto;
const tables = Object.entries(TABLES).map(([name, columns]) => {
  return new Language.Symbols.TableSymbol.$ctor7(name, `(${EACH}, ${columns})`, null);
});
const database = new Language.Symbols.DatabaseSymbol.ctor('insights', tables);
const globals = Language.GlobalState.Default?.WithDatabase(database) ?? null;

/**
 * Parses a query and binds its names to the tables of Application Insights.
 * @returns What is wrong with it, one line for each problem.
 */
export function problems(query: string): string[] {
  const code = Language.KustoCode.ParseAndAnalyze(query, globals);
  const found = code?.GetDiagnostics();
  return Array.from({ length: found?.Count ?? 0 }, (_, index) => {
    const diagnostic = found?.getItem(index);
    const start = diagnostic?.Start ?? 0;
    return `${diagnostic?.Message} at: ${query.slice(start, start + 40)}`;
  });
}
