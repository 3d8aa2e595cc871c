using System.Text.Json;
using Xunit.Abstractions;

namespace WaitFor.Verdicts.Tests;

/// <summary>The property of <see cref="PropertyTests"/> without chance: every field that rules read, one at a time. Its own class, to
/// run beside the other.</summary>
public sealed class FieldLossTests(ITestOutputHelper output)
{
    [Fact]
    public void No_field_alone_of_the_tables_states_makes_them_Met_when_it_is_lost()
    {
        var (judged, refused) = (0, 0);
        foreach (var world in WorldGenerator.NotMetOfTables)
        {
            for (var index = 0; index < world.Objects.Count; index++)
            {
                foreach (var path in Mutation.ReadPaths(world.Objects[index]))
                {
                    foreach (var damage in Enum.GetValues<Damage>())
                    {
                        var damaged = world.Copy(index);
                        if (!damaged.Damage(index, path, damage))
                            continue;
                        try
                        {
                            if (damaged.Judge().Kind == VerdictKind.Met)
                                Assert.Fail($"{damage} {index}:{string.Join('.', path)} opens\n{world}");
                            judged++;
                        }
                        catch (JsonException)
                        {
                            refused++;
                        }
                    }
                }
            }
        }

        output.WriteLine($"{judged} judged, {refused} refused");
        Assert.True(judged > 10_000 && refused > 10_000, $"{judged} judged, {refused} refused");
    }
}
