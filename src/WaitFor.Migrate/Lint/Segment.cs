using WaitFor.Migrate.Batch;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>Statements of a script that <c>up</c> runs in one transaction, or one that it runs by itself.</summary>
/// <param name="Statements">They, without what begins and ends the transaction.</param>
/// <param name="Begin">What begins the transaction; null for a statement that runs by itself.</param>
/// <param name="RolledBack">The script rolls it back.</param>
internal sealed record Segment(IReadOnlyList<Statement> Statements, string? Begin, bool RolledBack = false)
{
    /// <summary>Takes a script apart; of a batched script it takes the first batch.</summary>
    public static IEnumerable<Segment> Of(Script script)
    {
        if (script.Batch is { } batch)
        {
            yield return new Segment(BatchText.FirstBatch(script, batch), SessionState.BeginText);
            yield break;
        }

        if (script.InTransaction)
        {
            yield return new Segment([.. script.Whole.Where(Runs)], SessionState.BeginText);
            yield break;
        }

        foreach (var block in script.Blocks)
        {
            var inner = block.Inner(script.Statements).ToList();
            if (block.End == BlockEnd.Single && Traits.Of(inner[0]) != Surroundings.Any)
                yield return new Segment(inner, Begin: null);
            else
                yield return new Segment(
                    [.. inner.Where(Runs)],
                    block.Begun ? inner[0].Text : SessionState.BeginText,
                    block.End == BlockEnd.Rollback
                );
        }
    }

    private static bool Runs(Statement statement) => Traits.ControlOf(statement) != TransactionControl.Begin;
}
