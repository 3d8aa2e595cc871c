namespace WaitFor.Tests.Faults;

/// <summary>A cell of the matrix.</summary>
/// <param name="Fails">Whether the target fails after the fault, or is met: every other one, where it can.</param>
internal sealed record Cell(Fault Fault, Moment Moment, Subject Subject, bool Fails);

internal static class Matrix
{
    public static IReadOnlyList<Cell> Cells { get; } =
    [
        .. from subject in Subject.All
        from fault in FaultCatalogue.All.Index()
        from moment in Moments.All
        where fault.Item.Not(moment) == Exclusion.None && subject.Has(moment)
        select new Cell(fault.Item, moment, subject, subject.Fail is not null && (fault.Index + (int)moment) % 2 == 1),
    ];
}
