namespace WaitFor.Tests.Faults;

/// <summary>Every fault, at every moment at which it can strike, on every kind of target.</summary>
public sealed class MatrixTests
{
    public static IEnumerable<object[]> Cells =>
        Matrix.Cells.Select(cell => new object[] { cell.Fault.Name, cell.Moment.Words(), cell.Subject.Name });

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task The_gate_stays_shut_while_a_fault_lasts_and_ends_rightly_after_it(string fault, string moment, string subject)
    {
        var cell = Matrix.Cells.Single(cell => cell.Fault.Name == fault && cell.Moment.Words() == moment && cell.Subject.Name == subject);
        await using var scene = await Scene.StartAsync(cell.Fault, cell.Moment, cell.Subject);

        if (cell.Fault.Lasts is null)
            await scene.PlayForEverAsync();
        else
            await scene.PlayAsync(cell.Fails);
    }
}
