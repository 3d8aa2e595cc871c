using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>What a rolled back transaction does not take back: on a database that others use it is refused before anything
/// runs.</summary>
internal static class Escapes
{
    /// <summary>Functions that act outside of their transaction, as they begin.</summary>
    private static readonly string[] Functions =
    [
        "dblink", "lo_export", "pg_background_launch", "pg_cancel_backend", "pg_copy_logical_replication_slot",
        "pg_copy_physical_replication_slot", "pg_create_logical_replication_slot", "pg_create_physical_replication_slot",
        "pg_drop_replication_slot", "pg_file_", "pg_promote", "pg_reload_conf", "pg_replication_slot_advance", "pg_rotate_logfile",
        "pg_switch_wal", "pg_terminate_backend",
    ];

    private const string Advice = "check it with --shadow, which uses its own database";

    /// <summary>Refuses a script that a rollback does not take back.</summary>
    /// <exception cref="MigrationException">It is one.</exception>
    public static void Refuse(Script script)
    {
        foreach (var statement in script.Statements)
        {
            if (Why(statement) is { } why)
                throw Refusal(script, statement, why);
        }
    }

    /// <summary>Refuses scripts that name a function of the database which uses dblink, or a table whose trigger does.</summary>
    /// <exception cref="MigrationException">One does.</exception>
    public static async Task RefuseAsync(Session session, IReadOnlyList<Script> scripts, CancellationToken cancel)
    {
        var names = await session.RowsAsync(
            """
            SELECT p.proname::text, c.relname::text FROM pg_proc p
                LEFT JOIN pg_trigger t ON t.tgfoid = p.oid LEFT JOIN pg_class c ON c.oid = t.tgrelid
            WHERE p.prosrc ILIKE '%dblink%' AND p.oid >= 16384
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
            """,
            reader => (Routine: reader.GetString(0), Table: reader.IsDBNull(1) ? null : reader.GetString(1)),
            cancel
        );
        foreach (var (routine, table) in names)
        {
            foreach (var script in scripts)
            {
                var statement = script.Statements.FirstOrDefault(one =>
                    RawWords.Has(one.Text, routine) || (table is not null && RawWords.Has(one.Text, table))
                );
                if (statement is not null)
                    throw Refusal(script, statement, $"the function {routine} uses dblink, and a rollback does not undo its work");
            }
        }
    }

    /// <summary>Why a statement would escape; null where it does not.</summary>
    private static string? Why(Statement statement)
    {
        var control = Traits.ControlOf(statement);
        if (control is TransactionControl.Commit or TransactionControl.Rollback or TransactionControl.Beyond)
            return $"{Traits.Start(statement)} would end the transaction of the rehearsal, and leave what it has done";
        var tokens = new Tokens(statement.Text);
        if (tokens.Take("copy") && IsOutside(tokens))
            return "COPY with a program or a file of the server acts outside of the database";
        return RawWords.Of(statement.Text).FirstOrDefault(word => Array.Exists(Functions, name => Begins(word, name))) is { } function
            ? $"{function} acts outside of its transaction, so a rollback does not undo it"
            : null;

        static bool Begins(string word, string name) => word.StartsWith(name, StringComparison.Ordinal);
    }

    /// <summary>True for <c>PROGRAM</c>, and for a file to write.</summary>
    private static bool IsOutside(Tokens tokens)
    {
        var last = "";
        var depth = 0;
        while (tokens.Next() is { } token)
        {
            depth += token switch
            {
                "(" => 1,
                ")" => -1,
                _ => 0,
            };
            if (depth == 0 && token == Tokens.Literal && last is "program" or "to")
                return true;
            last = token;
        }

        return false;
    }

    private static MigrationException Refusal(Script script, Statement statement, string why) =>
        new(ExitCode.Usage, $"{script.Path}, line {statement.Line}: {why}; {Advice}");
}
