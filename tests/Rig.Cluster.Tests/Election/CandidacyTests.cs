using Rig.Cluster.Election;

namespace Rig.Cluster.Tests.Election;

/// <summary>Elections as transcripts: time and input on the left, what the candidate does on the right. TTL 5 s, margin 0.5 s.</summary>
public sealed class CandidacyTests
{
    [Fact]
    public void The_first_candidate_gets_a_lease_and_leads() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            """
        );

    [Fact]
    public void Who_comes_second_stands_by_until_the_holder_is_gone() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 denied 7 CAM_C 30    -> CAM_C leads with 30
            1.600 tick
            1.700 tick                 -> renew 7
            1.710 renewed 7 @1.700
            2.500 gone 55              -> nobody leads, try 7
            2.510 acquired 7 56        -> UP 56, CAM_L leads with 56
            """
        );

    [Fact]
    public void A_lease_is_renewed_every_third_of_its_time() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            1.667 tick                 -> renew 7
            1.700 renewed 7 @1.667
            3.333 tick
            3.334 tick                 -> renew 7
            3.400 renewed 7 @3.334
            5.001 tick                 -> renew 7
            """
        );

    [Fact]
    public void A_holder_that_cannot_renew_stops_before_its_lease_can_have_run_out() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            1.667 tick                 -> renew 7
            3.334 tick                 -> renew 7
            4.499 tick
            4.500 tick                 -> DOWN 41: its lease was not renewed in time, nobody leads, release 41
            """
        );

    [Fact]
    public void The_time_of_a_renewal_counts_from_when_it_was_sent_not_from_its_answer() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            1.667 tick                 -> renew 7
            3.200 renewed 7 @1.667
            3.334 tick                 -> renew 7
            5.001 tick                 -> renew 7
            6.166 tick
            6.167 tick                 -> DOWN 41: its lease was not renewed in time, nobody leads, release 41
            """
        );

    [Fact]
    public void A_frozen_holder_steps_down_before_anything_else_when_it_wakes() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            9.000 renewed 7 @1.667     -> DOWN 41: its lease was not renewed in time, nobody leads, renew 7, release 41
            9.010 lease-lost 7         -> grant
            9.020 granted 8 @9.010     -> try 8
            9.030 denied 8 CAM_C 60    -> CAM_C leads with 60
            """
        );

    [Fact]
    public void A_key_that_outlived_its_holders_right_is_given_back_before_it_is_tried_for_again() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            4.500 tick                 -> DOWN 41: its lease was not renewed in time, nobody leads, renew 7, release 41
            4.510 renewed 7 @4.500
            4.520 released 41          -> try 7
            4.530 acquired 7 48        -> UP 48, CAM_L leads with 48
            """
        );

    [Fact]
    public void Nobody_leads_twice_with_the_same_token() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            1.000 renewed 7 @1.000
            1.700 tick                 -> try 7
            1.710 acquired 7 41        -> UP 41, CAM_L leads with 41
            1.720 resign               -> DOWN 41: it resigned, nobody leads, release 41
            1.730 acquired 7 41        -> release 41
            1.740 released 41
            1.750 acquired 7 41
            """
        );

    [Fact]
    public void A_try_whose_answer_was_lost_is_made_again_and_finds_the_key_its_own() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            1.667 tick                 -> renew 7
            1.677 tick                 -> try 7
            1.680 acquired 7 41        -> UP 41, CAM_L leads with 41
            """
        );

    [Fact]
    public void A_key_that_was_won_after_the_lease_had_aged_is_given_back() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            4.600 acquired 7 41        -> renew 7, release 41
            4.610 renewed 7 @4.600
            4.620 released 41          -> try 7
            4.630 acquired 7 43        -> UP 43, CAM_L leads with 43
            """
        );

    [Fact]
    public void An_answer_about_an_earlier_lease_counts_for_nothing() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 lease-lost 7         -> grant
            0.030 granted 8 @0.020     -> try 8
            0.040 acquired 7 41
            0.050 renewed 7 @1.000
            0.060 lease-lost 7
            0.070 acquired 8 45        -> UP 45, CAM_L leads with 45
            """
        );

    [Fact]
    public void A_second_lease_that_came_late_is_given_back() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            1.700 tick                 -> grant
            1.710 granted 8 @1.700     -> try 8
            1.720 granted 7 @0.000     -> revoke 7
            1.730 granted 8 @1.700
            """
        );

    [Fact]
    public void Failed_requests_are_repeated_after_a_pause() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 grant-failed
            0.509 tick
            0.510 tick                 -> grant
            0.520 granted 7 @0.510     -> try 7
            0.530 acquire-failed 7
            1.029 tick
            1.030 tick                 -> try 7
            1.040 acquired 7 41        -> UP 41, CAM_L leads with 41
            2.200 tick                 -> renew 7
            2.210 renew-failed 7
            2.700 tick
            2.710 tick                 -> renew 7
            """
        );

    [Fact]
    public void Who_resigned_lets_the_others_go_first() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            1.000 resign               -> DOWN 41: it resigned, nobody leads, release 41
            1.010 released 41
            1.020 gone 42
            1.030 renewed 7 @1.010
            1.100 seen CAM_R 43        -> CAM_R leads with 43
            2.600 gone 50              -> nobody leads, try 7
            """
        );

    [Fact]
    public void Who_resigned_alone_leads_again_after_a_while() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            1.000 resign               -> DOWN 41: it resigned, nobody leads, release 41
            1.010 released 41
            5.000 renewed 7 @4.900
            5.999 tick
            6.000 tick                 -> try 7
            6.010 acquired 7 50        -> UP 50, CAM_L leads with 50
            """
        );

    [Fact]
    public void A_release_is_repeated_until_the_key_is_gone() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            1.000 resign               -> DOWN 41: it resigned, nobody leads, release 41
            1.600 renewed 7 @1.500
            2.666 tick
            2.667 tick                 -> release 41
            2.700 gone 60
            3.160 tick
            """
        );

    [Fact]
    public void A_holder_whose_key_was_removed_or_taken_steps_down() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            0.030 gone 40
            1.000 gone 50              -> DOWN 41: its key was removed, nobody leads, try 7
            1.010 acquired 7 51        -> UP 51, CAM_L leads with 51
            1.500 seen CAM_R 60        -> DOWN 51: CAM_R leads, nobody leads, CAM_R leads with 60
            """
        );

    [Fact]
    public void Old_news_of_holders_changes_nothing() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 seen CAM_C 30        -> CAM_C leads with 30
            0.020 seen CAM_R 20
            0.030 gone 29
            0.040 gone 35              -> nobody leads
            0.050 seen CAM_C 30
            0.060 granted 7 @0.000     -> try 7
            0.065 gone 40
            0.070 denied 7 CAM_R 38    -> try 7
            """
        );

    [Fact]
    public void The_key_of_an_earlier_incarnation_is_another_holders_key() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 seen CAM_L 30        -> CAM_L leads with 30
            0.020 granted 7 @0.000
            1.700 renewed 7 @1.667
            3.500 gone 40              -> nobody leads, renew 7, try 7
            3.510 acquired 7 41        -> UP 41, CAM_L leads with 41
            """
        );

    [Fact]
    public void Who_leaves_gives_up_everything_and_stands_no_more() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 acquired 7 41        -> UP 41, CAM_L leads with 41
            1.000 withdraw             -> DOWN 41: it leaves the cluster, nobody leads, release 41, revoke 7
            1.010 gone 50
            9.000 tick
            """
        );

    [Fact]
    public void Who_hears_nothing_tries_again_now_and_then() =>
        Transcript.Holds(
            """
            0.000 tick                 -> grant
            0.010 granted 7 @0.000     -> try 7
            0.020 denied 7 CAM_C 30    -> CAM_C leads with 30
            14.000 renewed 7 @13.900
            15.019 tick
            15.020 tick                -> try 7
            """
        );
}
