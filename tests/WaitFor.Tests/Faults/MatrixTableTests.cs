using WaitFor.Testing;
using Xunit.Abstractions;

namespace WaitFor.Tests.Faults;

/// <summary>The matrix that is kept for readers is the one that is tested.</summary>
public sealed class MatrixTableTests(ITestOutputHelper output)
{
    [Fact]
    public void The_table_in_the_README_is_the_one_that_is_tested()
    {
        output.WriteLine(MatrixTable.Text);
        var file = Path.Combine(Repository.Root, "tests", "README.md");
        var kept = File.ReadAllText(file);
        var renewed = MatrixTable.Renewed(kept);
        if (Renewal.IsOn)
            File.WriteAllText(file, renewed);
        else
            Assert.True(
                kept == renewed,
                "the matrix has changed; renew the table in tests/README.md: WAITFOR_RENEW=1 dotnet test tests/WaitFor.Tests --filter "
                    + "FullyQualifiedName~MatrixTableTests"
            );
    }

    [Fact]
    public void Each_cell_has_names_of_its_own() =>
        Assert.Equal(Matrix.Cells.Count, Matrix.Cells.DistinctBy(cell => (cell.Fault.Name, cell.Moment, cell.Subject.Name)).Count());
}
