using WaitFor.Migrate.Batch;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Whether a script can go on where an earlier try stopped.</summary>
internal static class Resumption
{
    /// <summary>Ends where a script that would run as a whole was begun as one that does not: it would run twice.</summary>
    /// <exception cref="MigrationException">So it is.</exception>
    public static void Check(Script script, IReadOnlyList<string> started)
    {
        if ((script.InTransaction || script.Batch is not null) && started.Contains(script.Path, StringComparer.Ordinal))
            throw new MigrationException(
                ExitCode.Validation,
                $"{script.Path}: an earlier run applied a part of this script, which was changed after it ran and is now one "
                    + $"{(script.Batch is null ? "transaction" : "batched script")}; put the part that ran back: only what comes after it "
                    + "may change"
            );
    }

    /// <summary>Ends where the batches of an earlier try were of another text.</summary>
    /// <exception cref="MigrationException">They were.</exception>
    public static void Check(Script script, int checksum, BatchState half)
    {
        if (script.Batch is not null && script.Checksum == checksum)
            return;
        throw new MigrationException(
            ExitCode.Validation,
            $"{script.Path}: this batched script was changed after {half.Batches} of its batches had run ({half.Percent} %, {half.Changed} "
                + "rows "
                + "changed); restore it, or, if the changed script may run from the first row on, run migrate repair --restart-batch"
        );
    }

    /// <summary>Ends where an earlier try was of another text, or where a new session cannot go on.</summary>
    /// <exception cref="MigrationException">So it is.</exception>
    public static void Check(Script script, Dictionary<int, JournalEntry> known)
    {
        var finished = known.Where(entry => entry.Value.Finished).Select(entry => entry.Key).DefaultIfEmpty(Journal.Before).Max();
        foreach (var block in script.Blocks.Where(block => block.Last <= finished))
        {
            var entry = known.GetValueOrDefault(block.Last);
            if (entry is not { Finished: true } || entry.Checksum != block.Checksum(script.Statements))
                throw Changed(script.Statements[block.First].Line);
        }

        if (finished > Journal.Before && !script.Blocks.Any(block => block.Last == finished))
            throw Changed(script.Statements.ElementAtOrDefault(finished)?.Line ?? 1);
        if (finished > Journal.Before && SessionObjects.Problem(script.Path, script.Body.Value) is { } lost)
            throw new MigrationException(ExitCode.Validation, $"an earlier run was interrupted, and cannot be resumed: "
                + $"{lost.Message}", lost);

        MigrationException Changed(int line) =>
            new(
                ExitCode.Validation,
                $"{script.Path}, line {line}: this statement was changed after it ran, in an earlier run that stopped later in the script; "
                    + "put it back: only what comes after the statements that ran may change"
            );
    }
}
