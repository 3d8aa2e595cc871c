using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace WaitFor.Verdicts.Tests;

/// <summary>What holds for every object.</summary>
public sealed class PropertyTests(ITestOutputHelper output)
{
    [Fact]
    public void What_is_not_Met_never_becomes_Met_by_losing_fields()
    {
        var (judged, refused, undamaged) = (0, 0, 0);
        var cases =
            from world in WorldGenerator.NotMet
            from count in Gen.Choose(1, 3)
            from mutations in WorldGenerator.Mutation.ArrayOf(count)
            select new Case(world, mutations);

        Prop.ForAll(Arb.From(cases, Case.Shrink), tried =>
            {
                var world = tried.World.Copy();
                var done = tried.Mutations.Select(world.Damage).OfType<string>().ToList();
                try
                {
                    if (done.Count == 0)
                        undamaged++;
                    var verdict = world.Judge();
                    judged++;
                    return verdict.Kind != VerdictKind.Met;
                }
                catch (JsonException)
                {
                    refused++;
                    return true;
                }
            })
            .Check(Settings(20_000));

        output.WriteLine($"{judged} judged, {refused} refused, {undamaged} not damaged");
        // Else the property says nothing.
        Assert.True(judged > 4_000 && refused > 2_000, $"{judged} judged, {refused} refused, {undamaged} not damaged");
    }

    [Fact]
    public void Whatever_stands_in_an_object_it_is_judged_or_refused()
    {
        var (judged, refused) = (0, 0);
        var cases =
            from world in WorldGenerator.Any
            from mutation in WorldGenerator.Mutation
            from json in Json(4)
            select (world, mutation, json);

        Prop.ForAll(cases.ToArbitrary(), tried =>
            {
                var world = tried.world.Copy();
                var item = world.Objects[tried.mutation.Object % world.Objects.Count];
                var path = tried.mutation.PathIn(item);
                Derive.Put(item.At(path.SkipLast(1))!, path[^1], tried.json?.DeepClone());
                try
                {
                    world.Judge();
                    judged++;
                }
                catch (JsonException)
                {
                    refused++;
                }

                return true;
            })
            .Check(Settings(10_000));

        output.WriteLine($"{judged} judged, {refused} refused");
        Assert.True(judged > 1_000 && refused > 1_000, $"{judged} judged, {refused} refused");
    }

    /// <summary>JSON of all kinds; its fields bear names that the rules look for.</summary>
    private static Gen<JsonNode?> Json(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Elements("null", "true", "false", "0", "1", "-1", "2147483648", "1.5", "1e400").Select(json => JsonNode.Parse(json)),
            Gen.Elements("", "True", "Complete", "Failed", "Ready", "ReplicaSet", "Job", "a/b", "\u00e9\u0000")
                .Select(text => (JsonNode?)text)
        );
        if (depth == 0)
            return leaf;
        var names = Gen.Elements<string>(Mutation.Read);
        var list = Gen.Choose(0, 3)
            .SelectMany(count => Json(depth - 1).ArrayOf(count))
            .Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]));
        var fields = Gen.Choose(0, 4)
            .SelectMany(count => names.Zip(Json(depth - 1)).ArrayOf(count))
            .Select(pairs =>
                (JsonNode?)
                    new JsonObject(
                        pairs.DistinctBy(pair => pair.Item1).Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2?.DeepClone()))
                    )
            );
        return Gen.OneOf(leaf, list, fields, fields);
    }

    /// <summary>Each run tries others; a failure prints the seed to run it again with.</summary>
    private static Config Settings(int tests) => Config.QuickThrowOnFailure.WithMaxTest(tests).WithQuietOnSuccess(true);

    private sealed record Case(World World, IReadOnlyList<Mutation> Mutations)
    {
        /// <summary>The same with one mutation less.</summary>
        public static IEnumerable<Case> Shrink(Case tried) =>
            tried.Mutations.Count < 2
                ? []
                : tried.Mutations.Select((_, left) => tried with { Mutations = [.. tried.Mutations.Where((_, index) => index != left)] });

        public override string ToString()
        {
            var world = World.Copy();
            var done = Mutations.Select(world.Damage).OfType<string>();
            return $"{string.Join("; ", done)}\n{World}\n{World.Judge().Short()}: {World.Judge().Sentence}";
        }
    }
}
