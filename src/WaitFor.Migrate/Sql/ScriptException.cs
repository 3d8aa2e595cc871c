namespace WaitFor.Migrate.Sql;

/// <summary>A migration file that cannot be used. The message names the file, the line where there is one, the reason and what to
/// do.</summary>
internal sealed class ScriptException(string message) : Exception(message);
