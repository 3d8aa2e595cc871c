namespace WaitFor.Migrate.Sql;

/// <summary>Objects that live as long as their session: temporary tables, prepared statements, cursors WITH HOLD. A script that runs
/// statement by statement and resumes in a later session does not find them again.
/// <see href="https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-TEMPORARY"/></summary>
internal static class SessionObjects
{
    private const int LongestQuote = 50;

    /// <summary>Why a script that does not run in one transaction cannot be resumed; null where it can.</summary>
    /// <param name="path">The script, for messages.</param>
    /// <param name="body">What it consists of.</param>
    public static ScriptException? Problem(string path, ScriptBody body)
    {
        var statements = body.Statements;
        for (var index = 0; index < statements.Count; index++)
        {
            foreach (var (kind, name) in Made(statements[index]))
            {
                // What is used in the transaction that made it is not missed.
                var block = body.Blocks.First(block => index <= block.Last);
                var user = statements.Skip(block.Last + 1).FirstOrDefault(later => RawWords.Has(later.Text, name));
                if (user is not null)
                    return Refusal(path, body, statements[index], $"{kind} {name}", user);
            }
        }

        return null;
    }

    private static ScriptException Refusal(string path, ScriptBody body, Statement maker, string what, Statement user)
    {
        var apart = body.Statements.FirstOrDefault(statement =>
            Traits.Of(statement) is Surroundings.NoTransaction or Surroundings.Concurrently
        );
        var file = Path.GetFileName(path);
        if (body.EndsTransactions)
            return new ScriptException(
                $"{path}, line {maker.Line}: the script makes {what}, which lasts as long as its session, and uses it in line {user.Line}, "
                    + "after a COMMIT\n  next step: finish by hand what the script has left to do, insert its row into the history, or "
                    + "restore the database from before it"
            );
        var (why, way) = apart is null
            ? (
                $"{file}{ScriptSettings.Suffix} says executeInTransaction=false",
                "remove that setting if no statement needs it, or split the script"
            )
            : (
                $"line {apart.Line} ({Quote(apart.Text)}) cannot run in a transaction",
                $"split the script: line {apart.Line} into its own script, so that the rest runs in one transaction"
            );
        return new ScriptException(
            $"{path}, line {maker.Line}: the script makes {what}, which lasts as long as its session, and uses it in line {user.Line}; but "
                + $"{why}, so the script runs statement by statement, and a run that resumes after an interruption would not find it\n"
                + $"  next step: {way}; or use an ordinary table, and drop it at the end"
        );
    }

    /// <summary>What a statement makes: its kind, for people, and its name as it is written, without quotes.</summary>
    private static IEnumerable<(string Kind, string Name)> Made(Statement statement)
    {
        var words = RawWords.Of(statement.Text).ToList();
        switch (words)
        {
            case ["prepare", not "transaction" and var name, ..]:
                return [("the prepared statement", name)];
            case ["declare", var name, ..] when words.IndexOf("hold") is > 1 and var hold && words[hold - 1] == "with":
                return [("the cursor", name)];
            // What a routine does when it is called is not known; its definition does nothing.
            case ["create", "function" or "procedure", ..] or ["create", "or", "replace", "function" or "procedure", ..]:
                return words.IndexOf("pg_temp") is > 1 and < 6 and var at && at + 2 < words.Count && words[at + 1] == "."
                    ? [("the temporary routine", words[at + 2])]
                    : [];
            case ["create" or "do" or "call" or "select" or "with", ..]:
                return Temporary(words);
            default:
                return [];
        }
    }

    private static IEnumerable<(string Kind, string Name)> Temporary(List<string> words)
    {
        for (var at = 0; at < words.Count; at++)
        {
            var next =
                words[at] is "create" ? SkipPrefixes(words, at + 1)
                : words[at] is "into" && at > 0 && words[at - 1] != "insert" && at + 1 < words.Count ? at + 1
                : -1;
            if (next < 0 || next >= words.Count)
                continue;
            if (words[next] is "temp" or "temporary")
            {
                var kind = SkipPrefixes(words, next + 1);
                var isKind = kind < words.Count && words[kind] is "table" or "view" or "sequence";
                var name = SkipCondition(words, isKind ? kind + 1 : kind);
                if (name < words.Count)
                    yield return ($"the temporary {(isKind ? words[kind] : "table")}", Last(words, name));
            }
            else if (SkipCondition(words, next + 1) is var schema && schema + 2 < words.Count && words[schema] == "pg_temp")
            {
                yield return ($"the temporary {words[next]}", Last(words, schema));
            }
        }
    }

    private static int SkipPrefixes(List<string> words, int at)
    {
        while (at < words.Count && words[at] is "or" or "replace" or "global" or "local" or "unlogged" or "recursive")
            at++;
        return at;
    }

    private static int SkipCondition(List<string> words, int at) =>
        at + 2 < words.Count && words[at] == "if" && words[at + 1] == "not" && words[at + 2] == "exists" ? at + 3 : at;

    /// <summary>The name behind its schema.</summary>
    private static string Last(List<string> words, int at) => at + 2 < words.Count && words[at + 1] == "." ? words[at + 2] : words[at];

    private static string Quote(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestQuote ? line : line[..LongestQuote] + "...";
    }
}
